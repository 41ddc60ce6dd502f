using System.Buffers.Binary;
using CsCheck;
using Grap.Bolt;
using Grap.Bolt.Wire;
using Grap.Tests.Unit.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>A stream that claims to be chunked messages, received in pieces of any size.</summary>
public sealed class ChunkFuzzTests
{
    private const int Limit = 100_000;

    private static readonly byte[][] s_tokens =
        [[0, 0], [0, 1, 0], [0xFF, 0xFF], [0x7F, 0xFF], [0x40, 0x00], [0, 0, 0, 0, 0, 0]];

    private static readonly Gen<byte[]> s_sound =
        Gen.Select(
            Gen.OneOf(Gen.Int[0, 40], Gen.Int[10_000, 70_000]),
            Gen.OneOf(Gen.Int[1, 50], Gen.Int[20_000, ushort.MaxValue]))
            .Select(static (length, chunk) => ServerEnd.Chunk(new byte[length].AsSpan(), chunk))
            .Array[0, 4].Select(static messages => messages.SelectMany(static m => m).ToArray());

    [Fact]
    public void A_changed_stream_gives_the_messages_that_its_chunks_say_however_it_arrives() =>
        Gen.Select(Mutation.Of(s_sound, s_tokens), Gen.Int).Sample(
            static (stream, seed) =>
            {
                var (expected, tooLarge) = Dechunk(stream);
                var (messages, failure) = Receive(stream, new Random(seed));
                Assert.Equal(expected.Select(Convert.ToHexString), messages.Select(Convert.ToHexString));
                Assert.Equal(tooLarge, failure is BoltException { Kind: BoltErrorKind.MessageTooLarge });
                Assert.True(tooLarge || failure is EndOfStreamException, $"{failure}");
            },
            iter: FuzzRun.Scale(1500), print: static input => $"{Convert.ToHexString(input.Item1)} {input.Item2}");

    [Fact]
    public async Task A_changed_answer_gives_rows_or_a_failure_and_never_anything_else()
    {
        var answer = ServerEnd
            .Chunk(ServerEnd.Message(0x70, new Dictionary<string, object?> { ["fields"] = new[] { "a" } }))
            .Concat(ServerEnd.Chunk(ServerEnd.Message(0x71, new object?[] { new object?[] { "value" } }), 3))
            .Concat(ServerEnd.Chunk(ServerEnd.Message(0x71, new object?[] { new object?[] { 1.5 } })))
            .Concat(ServerEnd.Chunk(
                ServerEnd.Message(0x70, new Dictionary<string, object?> { ["bookmark"] = "FB:x" })))
            .ToArray();
        byte[][] tokens = [.. s_tokens, [0x7F], [0x7E], [0x71], [0x70], [0xB0, 0x7E], [0xB1, 0x7F, 0xA0]];
        var random = new Random();
        for (var left = FuzzRun.Scale(300); left > 0; left--)
        {
            var seed = random.Next();
            var changed = Mutation.Mutate(answer, new Random(seed), tokens);
            try
            {
                await AskAsync(changed).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            }
            catch (BoltException)
            {
                // A failure of this library, as it should be.
            }
            catch (Exception e)
            {
                Assert.Fail($"{Convert.ToHexString(changed)}: {e}");
            }
        }
    }

    private static async Task AskAsync(byte[] answer)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SendAsync(answer);
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(new BoltQuery("RETURN 1"));
        while (await cursor.ReadAsync())
            _ = cursor.Values;
    }

    /// <summary>What the specification says, in the simplest way.</summary>
    private static (List<byte[]> Messages, bool TooLarge) Dechunk(byte[] stream)
    {
        var messages = new List<byte[]>();
        var message = new List<byte>();
        for (var place = 0; stream.Length - place >= 2;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(place));
            place += 2;
            if (length == 0 && message.Count > 0)
            {
                messages.Add([.. message]);
                message.Clear();
            }
            if (message.Count + length > Limit)
                return (messages, true);
            if (length > stream.Length - place)
                break;
            message.AddRange(stream.AsSpan(place, length));
            place += length;
        }
        return (messages, false);
    }

    private static (List<byte[]> Messages, Exception? Failure) Receive(byte[] stream, Random random)
    {
        using var network = new Trickle(stream, random);
        var reader = new ChunkReader(network, Limit);
        using var message = new NativeBuffer();
        var messages = new List<byte[]>();
        try
        {
            while (true)
            {
                var announced = reader.HasMessage();
                if (reader.TryRead(message))
                {
                    messages.Add(message.Written.ToArray());
                    message.Clear();
                    continue;
                }
                Assert.False(announced);
                // One chunk may be reserved before it has come, and growing takes up to twice what is there.
                Assert.True(message.Capacity <= (2 * stream.Length) + (128 << 10),
                    $"{message.Capacity} bytes are reserved.");
                reader.FillAsync(message).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is BoltException or EndOfStreamException)
        {
            return (messages, e);
        }
    }

    /// <summary>Gives what it has in pieces of any size.</summary>
    private sealed class Trickle(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var most = random.Next(3) == 0 ? random.Next(1, 8) : random.Next(1, 70_000);
            return new(Read(buffer.Span[..Math.Min(buffer.Length, most)]));
        }
    }
}
