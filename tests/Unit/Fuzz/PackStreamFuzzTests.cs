using CsCheck;
using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Bolt.Wire;
using Grap.Graphs;
using Grap.Tests.Unit.Bolt;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Bytes that claim to be PackStream: whatever they are, they are read or refused, quickly and in little
/// memory.</summary>
public sealed class PackStreamFuzzTests
{
    // An empty map is one byte and becomes a dictionary of 80 and its place in a list.
    private const int BytesPerByte = 128;
    private const long BytesBesides = 512 << 10;

    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "D2FFFFFFFF", "D27FFFFFFF", "D67FFFFFFF", "D6FFFFFFFF", "DA3FFFFFFF", "DAFFFFFFFF", "CE7FFFFFFF",
            "DDFFFF4E", "DCFF50", "D503E8",
            "D903E8", "D4FF", "D8FF", "B101", "B44E", "B852", "B350", "B144", "B254", "B174", "B349", "B369", "B264",
            "B445", "B358", "B459",
            "B256", "B43F", "CB8000000000000000", "CB7FFFFFFFFFFFFFFF", "C17FF8000000000000", "E0", "C0", "A0", "90",
            "80", "91", "A18161",
            "CC01C6", "CC01C8", "81FF", "C5", "DF",
        }.Select(Convert.FromHexString),
    ];

    private static readonly Gen<byte[]> s_sound =
        PackStreamTests.AnyValue.Select(static value => PackStreamTests.Write(value));

    [Fact]
    public void A_changed_value_is_read_or_refused_in_bounded_memory() =>
        Mutation.Of(s_sound, s_tokens).Each(20_000, static bytes => FuzzRun.Bounded(
            bytes.Length, BytesPerByte, BytesBesides, () =>
        {
            var (read, end) = Read(bytes);
            var skipped = Skip(bytes);
            // Skipping does not look into strings and ranges: it may accept more, never less, and never something else.
            Assert.True(!read || skipped == end, $"Read to {end}, skipped to {skipped}.");
        }));

    [Fact]
    public void Nothing_but_heads_is_read_or_refused_in_bounded_memory() =>
        Gen.Select(Gen.Int[0, s_tokens.Length - 1].Array[0, 300], Gen.Byte.Array[0, 40])
            .Select(static (heads, tail) => (byte[])[.. heads.SelectMany(static h => s_tokens[h]), .. tail])
            .Each(10_000, static bytes => FuzzRun.Bounded(bytes.Length, BytesPerByte, BytesBesides, () =>
            {
                Read(bytes);
                Skip(bytes);
            }));

    [Fact]
    public void Claims_nested_in_each_other_reserve_little_more_than_one() =>
        Gen.Select(Gen.Int[1, 1100], Gen.Int[0, 3], Gen.Int[0, 3000], Gen.Int[0, 3000])
            .Select(static (depth, kind, claim, tail) => Nest(depth, kind, claim, tail))
            .Each(500, static bytes => FuzzRun.Bounded(bytes.Length, BytesPerByte, BytesBesides, () =>
            {
                Read(bytes);
                Skip(bytes);
            }));

    [Fact]
    public void What_could_be_read_can_be_printed_and_written_again() =>
        Mutation.Of(s_sound, s_tokens).Each(10_000, static bytes =>
        {
            object? value;
            try
            {
                value = new PackStreamReader(bytes).ReadValue();
            }
            catch (BoltException)
            {
                return;
            }
            Print(value);
            var again = PackStreamTests.Write(value);
            var reader = new PackStreamReader(again);
            Assert.Equal(again, PackStreamTests.Write(reader.ReadValue()));
            Assert.True(reader.AtEnd);
        });

    [Fact]
    public void A_changed_message_has_metadata_or_is_refused() =>
        Mutation.Of(
            PackStreamTests.AnyValue.Select(static value =>
                ServerEnd.Message(0x70, new Dictionary<string, object?> { ["a"] = value })),
            s_tokens).Each(5_000, static bytes =>
            {
                using var message = new NativeBuffer();
                message.Append(bytes);
                Attempt(() => Message.KindOf(message));
                if (bytes.Length >= Message.HeadBytes)
                    Attempt(() => Message.MetadataOf(message));
            });

    [Fact]
    public void A_changed_block_of_elements_is_taken_in_or_refused()
    {
        var nodes = ElementBytes.Join(
            ElementBytes.Node(1, ["A", "B"], ("name", "x"), ("list", new[] { 1, 2 })), ElementBytes.Node(7),
            ElementBytes.Node(65_535, ["A"], ("when", DateTimeOffset.UnixEpoch)));
        var relationships = ElementBytes.Join(
            ElementBytes.Relationship(0, 1, 7, "T"), ElementBytes.Relationship(5, 7, 65_535, "U", ("p", 1.5)));
        Mutation.Of(Gen.OneOf(Gen.Const(nodes), Gen.Const(relationships)), s_tokens).Each(2_000, bytes =>
        {
            var digest = new GraphDigest();
            try
            {
                digest.AddNodes(new BlockKey(BlockKind.Nodes, 0, 0), nodes);
                digest.AddNodes(new BlockKey(BlockKind.Nodes, 65_536, 0), bytes);
            }
            catch (Exception e) when (IsRefusal(e))
            {
            }
            try
            {
                digest.CompleteNodes();
                digest.AddRelationships(new BlockKey(BlockKind.Relationships, 0, 0), bytes);
                digest.CompleteCounts();
            }
            catch (Exception e) when (IsRefusal(e))
            {
            }
        });
    }

    [Theory]
    [InlineData("91")] // lists
    [InlineData("A18161")] // maps
    [InlineData("B101")] // structures that nobody knows
    [InlineData("B44E0090A18161")] // nodes as a property of nodes
    public void The_deepest_nesting_fits_a_small_stack(string head)
    {
        byte[] bytes = [.. Enumerable.Repeat(Convert.FromHexString(head), 1_000_000).SelectMany(static h => h), 0xC0];
        Exception? failure = null;
        // macOS and Windows give threads 512 KiB and more, musl less.
        var thread = new Thread(() => failure = Record.Exception(() => new PackStreamReader(bytes).ReadValue()),
            maxStackSize: 512 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(BoltErrorKind.ProtocolViolation, Assert.IsType<BoltException>(failure).Kind);
        Assert.Equal(-1, Skip(bytes));
    }

    private static byte[] Nest(int depth, int kind, int claim, int tail)
    {
        byte[] length = [(byte)(claim >> 8), (byte)claim];
        byte[] head = kind switch
        {
            0 => [0xD5, .. length],
            1 => [0xD9, .. length, 0x81, 0x61],
            2 => [0xDD, .. length, 0x01],
            _ => [0xD5, .. length, 0xD9, .. length, 0x80],
        };
        return [.. Enumerable.Repeat(head, depth).SelectMany(static h => h), .. Enumerable.Repeat((byte)0xC0, tail)];
    }

    private static (bool Read, int End) Read(byte[] bytes)
    {
        var end = 0;
        return (Attempt(() =>
        {
            var reader = new PackStreamReader(bytes);
            reader.ReadValue();
            end = reader.Position;
        }), end);
    }

    private static int Skip(byte[] bytes)
    {
        var end = -1;
        Attempt(() => end = new PackStreamReader(bytes).Skip().Length);
        return end;
    }

    private static void Print(object? value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                foreach (var item in map.Values)
                    Print(item);
                break;
            case IReadOnlyList<object?> list:
                foreach (var item in list)
                    Print(item);
                break;
            default:
                _ = value?.ToString();
                break;
        }
    }

    private static bool IsRefusal(Exception e) => e
        is BoltException { Kind: BoltErrorKind.ProtocolViolation }
            or GrapException { Condition: GrapCondition.GraphInconsistent };

    private static bool Attempt(Action reading)
    {
        try
        {
            reading();
            return true;
        }
        catch (BoltException e)
        {
            Assert.Equal(BoltErrorKind.ProtocolViolation, e.Kind);
            return false;
        }
    }
}
