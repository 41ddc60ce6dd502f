using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Grap.Bolt.PackStream;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

/// <summary>A request as the scripted server received it.</summary>
internal sealed record Request(byte Tag, object?[] Fields)
{
    public Dictionary<string, object?> Map(int field) => (Dictionary<string, object?>)Fields[field]!;
}

/// <summary>The server's end of one connection.</summary>
internal sealed class ServerEnd(Socket socket, CancellationToken stop) : IDisposable
{
    public const byte Hello = 0x01, Goodbye = 0x02, Reset = 0x0F, Run = 0x10, Begin = 0x11, Commit = 0x12, Rollback = 0x13;
    public const byte Discard = 0x2F, Pull = 0x3F, Route = 0x66, LogOn = 0x6A;

    private readonly NetworkStream _stream = new(socket, ownsSocket: false);

    /// <summary>Sends each byte by itself, so that the client sees every split.</summary>
    public bool ByteByByte { get; init; }

    public Stream Stream => _stream;

    public void Dispose() => _stream.Dispose();

    public void Close() => socket.Close();

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    public async Task SendAsync(params byte[] bytes)
    {
        if (!ByteByByte)
        {
            await _stream.WriteAsync(bytes, stop);
            return;
        }
        foreach (var one in bytes)
        {
            await _stream.WriteAsync(new[] { one }, stop);
            await Task.Yield();
        }
    }

    /// <summary>Takes the client's proposals and answers with a plain version.</summary>
    public async Task<byte[]> AgreeAsync(int major, int minor)
    {
        var opening = await ReadAsync(20);
        await SendAsync(0, 0, (byte)minor, (byte)major);
        return opening;
    }

    /// <summary>Handshake, HELLO and LOGON, all accepted.</summary>
    public async Task LogInAsync(int major = 5, int minor = 4, long? silenceHint = null)
    {
        await AgreeAsync(major, minor);
        await ExpectAsync(Hello);
        var hints = new Dictionary<string, object?>();
        if (silenceHint is { } seconds)
            hints["connection.recv_timeout_seconds"] = seconds;
        await SuccessAsync(("server", "Neo4j/5.99.0"), ("connection_id", "bolt-7"), ("hints", hints));
        if (major > 5 || minor > 0)
        {
            await ExpectAsync(LogOn);
            await SuccessAsync();
        }
    }

    public async Task<Request> ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        while (true)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
            if (length == 0 && message.WrittenCount > 0)
                return Decode(message.WrittenSpan);
            message.Write(await ReadAsync(length));
        }
    }

    public async Task<Request> ExpectAsync(byte tag)
    {
        var request = await ReceiveAsync();
        Assert.Equal($"{tag:X2}", $"{request.Tag:X2}");
        return request;
    }

    public async Task ExpectClosedAsync() => Assert.Equal(0, await _stream.ReadAsync(new byte[1], stop));

    /// <summary>Takes RUN and PULL, and answers with these records.</summary>
    public async Task AnswerAsync(string[] fields, params object?[][] records)
    {
        await ExpectAsync(Run);
        await ExpectAsync(Pull);
        await SuccessAsync(("fields", fields));
        foreach (var record in records)
            await RecordAsync(record);
        await SuccessAsync(("type", "r"), ("bookmark", "FB:x"));
    }

    public Task SuccessAsync(params (string Key, object? Value)[] metadata) =>
        SendMessageAsync(Message(0x70, metadata.ToDictionary(pair => pair.Key, pair => pair.Value)));

    public Task FailureAsync(string code, string message = "no") =>
        SendMessageAsync(Message(0x7F, new Dictionary<string, object?> { ["code"] = code, ["message"] = message }));

    public Task IgnoredAsync() => SendMessageAsync([0xB0, 0x7E]);

    public Task RecordAsync(params object?[] values) => SendMessageAsync(Message(0x71, new object?[] { values }));

    public Task KeepAliveAsync() => SendAsync(0, 0);

    /// <summary>Waits as long as the client stays.</summary>
    public async Task StallAsync() => await Task.Delay(Timeout.Infinite, stop);

    /// <summary>Answers RESET for ever: what an idle connection does.</summary>
    public async Task IdleAsync()
    {
        while ((await ReceiveAsync()).Tag == Reset)
            await SuccessAsync();
    }

    public static byte[] Message(byte tag, params object?[] fields)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PackStreamWriter(output);
        writer.WriteStructureHeader(tag, fields.Length);
        foreach (var field in fields)
            writer.WriteValue(field);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Chunk(ReadOnlySpan<byte> message, int chunk = ushort.MaxValue)
    {
        var output = new ArrayBufferWriter<byte>();
        for (; message.Length > 0; message = message[Math.Min(chunk, message.Length)..])
        {
            var length = Math.Min(chunk, message.Length);
            BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), (ushort)length);
            output.Advance(2);
            output.Write(message[..length]);
        }
        output.Write(new byte[2]);
        return output.WrittenSpan.ToArray();
    }

    public Task SendMessageAsync(byte[] message, int chunk = ushort.MaxValue) => SendAsync(Chunk(message, chunk));

    private static Request Decode(ReadOnlySpan<byte> message)
    {
        var reader = new PackStreamReader(message);
        var (tag, count) = reader.ReadStructureHeader();
        var fields = new object?[count];
        for (var i = 0; i < count; i++)
            fields[i] = reader.ReadValue();
        return new Request(tag, fields);
    }
}
