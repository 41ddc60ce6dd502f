using Grap.Archives;
using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Archives;

public sealed class ArchiveDamageTests
{
    [Fact]
    public void An_untouched_archive_passes()
    {
        // So that columns are damaged below.
        using var archive = SmallArchive.Open(SmallArchive.Bytes());
        Assert.Equal(2, archive.Blocks.Count(static block => block.Flags.HasFlag(BlockFlags.Columns)));
        Assert.Null(Check(SmallArchive.Bytes()));
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void Every_byte_changed_is_noticed(int change)
    {
        var archive = SmallArchive.Bytes();
        for (var place = 0; place < archive.Length; place++)
        {
            archive[place] ^= (byte)change;
            AssertRefused(Check(archive), $"byte {place} changed by {change:X2}");
            archive[place] ^= (byte)change;
        }
    }

    [Fact]
    public void Every_byte_removed_or_doubled_is_noticed()
    {
        var archive = SmallArchive.Bytes();
        for (var place = 0; place < archive.Length; place++)
        {
            AssertRefused(Check([.. archive[..place], .. archive[(place + 1)..]]), $"byte {place} removed");
            AssertRefused(Check([.. archive[..place], archive[place], .. archive[place..]]), $"byte {place} doubled");
        }
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        var archive = SmallArchive.Bytes();
        for (var length = 0; length < archive.Length; length++)
            AssertRefused(Check(archive[..length]), $"cut to {length}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(96)]
    [InlineData(5000)]
    public void Appended_bytes_are_noticed(int length)
    {
        AssertRefused(Check([.. SmallArchive.Bytes(), .. new byte[length]]), $"{length} appended");
        AssertRefused(Check([.. SmallArchive.Bytes(), .. SmallArchive.Bytes()]), "doubled");
    }

    [Fact]
    public void Conversion_of_line_ends_is_named()
    {
        var archive = SmallArchive.Bytes();
        var converted = Convert.FromHexString(Convert.ToHexString(archive).Replace("0D0A", "0A", StringComparison.Ordinal));
        Assert.Contains("as text", Check(converted)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_in_a_block_names_the_block_and_its_offset()
    {
        var archive = SmallArchive.Bytes();
        using var before = SmallArchive.Open((byte[])archive.Clone());
        var block = before.Blocks[1];
        archive[block.Offset + 80] ^= 1;
        var error = Check(archive)!;
        Assert.Contains($"offset {block.Offset}", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nodes 65536 part 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_block_is_not_handed_out()
    {
        var archive = SmallArchive.Bytes();
        using var sound = SmallArchive.Open((byte[])archive.Clone());
        foreach (var block in sound.Blocks.Where(block => block.StoredLength > 0))
        {
            for (var place = 0; place < 80 + block.StoredLength; place++)
            {
                archive[block.Offset + place] ^= 0x10;
                using var damaged = SmallArchive.Open(archive);
                using var content = new NativeBuffer();
                var error = Assert.Throws<GrapException>(() => damaged.ReadBlock(block, content));
                Assert.Equal(GrapCondition.ArchiveCorrupt, error.Condition);
                Assert.Equal(0, content.Length);
                archive[block.Offset + place] ^= 0x10;
            }
        }
    }

    private static void AssertRefused(GrapException? error, string what)
    {
        Assert.True(error is not null, $"Accepted with {what}.");
        Assert.True(
            error.Condition is GrapCondition.ArchiveCorrupt or GrapCondition.NotAnArchive or GrapCondition.ArchiveTooNew,
            $"{error.Condition} with {what}.");
    }

    /// <summary>Opens and verifies; null if nothing is wrong.</summary>
    private static GrapException? Check(byte[] archive)
    {
        try
        {
            using var reader = SmallArchive.Open((byte[])archive.Clone());
            reader.VerifyChecksum(null, CancellationToken.None);
            return null;
        }
        catch (GrapException error)
        {
            return error;
        }
    }
}
