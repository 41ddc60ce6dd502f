using CsCheck;
using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Bolt;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Forms of columns that were changed: whatever they are, they are read as the plainest reader reads them, or
/// refused where it refuses them; and what was read says the same with its layout as without.</summary>
public sealed class ColumnFuzzTests
{
    // A shape is a number in the form, and an array with a place in two lists in memory.
    private const int BytesPerByte = 64;

    // As many steps as there may be, from a few shapes that share them.
    private const long BytesBesides = 2 << 20;

    // The tables of a digest.
    private const long BytesOfDigest = 16 << 20;

    [Fact]
    public void Changed_columns_of_nodes_are_read_or_refused() => CheckEach(new BlockKey(BlockKind.Nodes, 65_536, 0));

    [Fact]
    public void Changed_columns_of_relationships_are_read_or_refused() =>
        CheckEach(new BlockKey(BlockKind.Relationships, 1L << 40, 0));

    private static void CheckEach(BlockKey key) =>
        Gen.Int.Select(seed => ForgedColumns.Make(key, new Random(seed))).Each(10_000, form => Check(key, form));

    private static void Check(BlockKey key, byte[] form)
    {
        var expected = PlainColumns.Read(key, form);
        // The last is the right one, and what is read into was used for the others before.
        int[] lengths = expected is null
            ? [0, form.Length, 3 * form.Length]
            : [Math.Max(0, expected.Length - 1), expected.Length + 1, expected.Length];
        var layout = new ContentLayout();
        byte[] content = [];
        foreach (var length in lengths)
        {
            content = new byte[length];
            FuzzRun.Bounded(form.Length + length, BytesPerByte, BytesBesides, () =>
                Assert.Equal(length == expected?.Length, ColumnTests.Read(key, form, content, layout)));
        }
        if (expected is null)
            return;
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(content));
        FuzzRun.Bounded(content.Length, BytesPerByte, BytesOfDigest, () =>
            Assert.Equal(Fingerprint(key, content, null), Fingerprint(key, content, layout)));
    }

    /// <summary>Null where a digest refuses the content.</summary>
    private static string? Fingerprint(BlockKey key, byte[] content, ContentLayout? layout)
    {
        try
        {
            return ColumnTests.Fingerprint(key, content, layout);
        }
        catch (Exception e) when (e is BoltException { Kind: BoltErrorKind.ProtocolViolation }
            or GrapException { Condition: GrapCondition.GraphInconsistent })
        {
            return null;
        }
    }
}
