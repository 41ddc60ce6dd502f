using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Grap.Bolt.Wire;

/// <summary>
/// Turns chunks into messages. Small messages are copied once, out of a large input buffer that one system call fills;
/// what is left of a large chunk is received straight into the message.
/// </summary>
internal sealed class ChunkReader(Stream stream, int maxMessageBytes)
{
    // Large enough for many records per system call and for a whole 64 KiB chunk with its head.
    private const int InputBytes = 128 << 10;

    // Below this a system call costs more than the copy that it saves.
    private const int DirectBytes = 16 << 10;

    private const int HeadBytes = 2;

    private int _lowered = int.MaxValue;

    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(InputBytes, pinned: true);
    private int _start;
    private int _end;
    private int _chunkLeft;

    /// <summary>Sets a lower limit than that of the connection for the messages to come, or lifts it.</summary>
    public void Limit(int bytes) => _lowered = bytes;

    /// <summary>Appends to <paramref name="message"/> what has been received already. True if that completes the
    /// message; else the rest is to be read into the same buffer.</summary>
    public bool TryRead(NativeBuffer message)
    {
        while (true)
        {
            if (_chunkLeft > 0)
            {
                var take = Math.Min(_chunkLeft, _end - _start);
                message.Append(_input.AsSpan(_start, take));
                _start += take;
                _chunkLeft -= take;
                if (_chunkLeft > 0)
                    return false;
            }
            if (_end - _start < HeadBytes)
                return false;
            _chunkLeft = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(_start));
            _start += HeadBytes;
            // An empty chunk ends a message; where no message has begun it is a keep-alive.
            if (_chunkLeft == 0 && message.Length > 0)
                return true;
            var limit = Math.Min(maxMessageBytes, _lowered);
            if (_chunkLeft > limit - message.Length)
            {
                throw new BoltException(BoltErrorKind.MessageTooLarge,
                    $"The server sent a message larger than the limit of {limit} bytes.");
            }
        }
    }

    /// <summary>Whether <see cref="TryRead"/> would complete another message.</summary>
    public bool HasMessage()
    {
        var position = _start;
        var any = false;
        while (_chunkLeft == 0 && _end - position >= HeadBytes)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(position));
            if (length == 0 && any)
                return true;
            any |= length > 0;
            position += HeadBytes + length;
        }
        return false;
    }

    /// <summary>Receives more, once. Throws <see cref="EndOfStreamException"/> when the server has closed the
    /// connection.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FillAsync(NativeBuffer message)
    {
        if (_start == _end)
            _start = _end = 0;
        if (_chunkLeft >= DirectBytes && _end == 0)
        {
            // The next chunk's head comes along, so that a message of full chunks costs one system call each.
            var wanted = _chunkLeft + HeadBytes;
            var received = await stream.ReadAsync(message.GetMemory(wanted)[..wanted]).ConfigureAwait(false);
            AcceptDirect(message, ThrowIfEnd(received));
        }
        else
        {
            // At most half a head is left over.
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            _end -= _start;
            _start = 0;
            _end += ThrowIfEnd(await stream.ReadAsync(_input.AsMemory(_end)).ConfigureAwait(false));
        }
    }

    /// <summary>Receives exactly as many bytes as asked, outside any chunk: for the handshake.</summary>
    public async ValueTask ReadExactlyAsync(Memory<byte> bytes)
    {
        while (_end - _start < bytes.Length)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            _end -= _start;
            _start = 0;
            _end += ThrowIfEnd(await stream.ReadAsync(_input.AsMemory(_end)).ConfigureAwait(false));
        }
        _input.AsSpan(_start, bytes.Length).CopyTo(bytes.Span);
        _start += bytes.Length;
    }

    private void AcceptDirect(NativeBuffer message, int received)
    {
        var body = Math.Min(received, _chunkLeft);
        message.Advance(body);
        _chunkLeft -= body;
        _end = received - body;
        // GetSpan may not be used to get at the bytes behind: it may move them.
        message.Memory.Span.Slice(message.Length, _end).CopyTo(_input);
    }

    private static int ThrowIfEnd(int received) => received > 0 ? received : throw new EndOfStreamException();
}
