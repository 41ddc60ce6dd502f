using CsCheck;
using Grap.Archives;
using Grap.Bolt;
using Grap.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Archives;

public sealed class ArchiveRoundTripTests
{
    private static readonly Gen<byte[]> Content = Gen.OneOf(
        Gen.Byte.Array[0, 2_000],
        Gen.Select(Gen.Byte, Gen.Int[0, 20_000], (value, length) => Enumerable.Repeat(value, length).ToArray()));

    private static readonly Gen<BlockKey> Key = Gen.Select(
        Gen.OneOf(Gen.Const(BlockKind.Nodes), Gen.Const(BlockKind.Relationships)), Gen.Long[0, 1L << 36], Gen.Int[0, 5],
        (kind, range, part) => new BlockKey(kind, range * BlockKey.RangeLength, part));

    [Fact]
    public void Whatever_blocks_are_written_are_read_in_key_order()
    {
        Gen.Select(Gen.Dictionary(Key, Content)[0, 8], Gen.Int[0, 9], Gen.Int[1, 500]).Sample((blocks, level, mostPerRead) =>
        {
            using var file = new MemoryFile();
            using var writer = new ArchiveWriter(file, SmallArchive.Id);
            foreach (var (key, content) in blocks)
            {
                using var block = EncodedBlock.Encode(key, content.Length / 3, content, level);
                writer.Write(block);
            }
            writer.Complete(SmallArchive.Manifest());

            using var reader = SmallArchive.Open(file.Bytes, mostPerRead);
            reader.VerifyChecksum(null, CancellationToken.None);
            Assert.Equal(blocks.Keys.Order(), reader.Blocks.Select(entry => entry.Key));
            using var destination = new NativeBuffer();
            foreach (var entry in reader.Blocks)
            {
                reader.ReadBlock(entry, destination);
                Assert.Equal(blocks[entry.Key], destination.Written.ToArray());
                Assert.Equal(blocks[entry.Key].Length / 3, entry.Count);
                Assert.True(entry.StoredLength <= entry.RawLength);
            }
        }, iter: 200);
    }

    [Fact]
    public void Bytes_that_are_no_archive_are_refused_without_harm()
    {
        var sound = SmallArchive.Bytes();
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Int[0, sound.Length - 1], Gen.Int[0, 200], Gen.Byte.Array[0, 50]).Sample(
            (from, to, length, patch) =>
            {
                var bytes = (byte[])sound.Clone();
                patch.AsSpan(0, Math.Min(patch.Length, bytes.Length - from)).CopyTo(bytes.AsSpan(from));
                length = Math.Min(length, bytes.Length - Math.Max(from, to));
                bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(to));
                var error = Record.Exception(() =>
                {
                    using var reader = SmallArchive.Open(bytes);
                    reader.VerifyChecksum(null, CancellationToken.None);
                });
                Assert.True(bytes.AsSpan().SequenceEqual(sound) ? error is null : error is GrapException, error?.ToString());
            }, iter: 2_000);
    }

    [Fact]
    public void Equal_content_gives_equal_bytes_and_hashes_on_every_thread()
    {
        var content = SmallArchive.Content(1 << 20);
        var key = new BlockKey(BlockKind.Nodes, 0, 0);
        using var first = EncodedBlock.Encode(key, 1, content, 1);
        Parallel.For(0, 50, i =>
        {
            using var noise = EncodedBlock.Encode(key, 1, SmallArchive.Noise(1 + i * 5000, i), 1 + i % 5);
            using var again = EncodedBlock.Encode(key, 1, content, 1);
            Assert.Equal(first.Entry, again.Entry);
            Assert.True(first.Frame.Span.SequenceEqual(again.Frame.Span));
        });
    }

    [Fact]
    public void Blocks_can_be_read_on_many_threads()
    {
        using var reader = SmallArchive.Open(SmallArchive.Bytes());
        Parallel.For(0, 200, i =>
        {
            using var content = new NativeBuffer();
            var entry = reader.Blocks[i % reader.Blocks.Count];
            reader.ReadBlock(entry, content);
            Assert.Equal(entry.RawLength, content.Length);
        });
    }

    [Fact]
    public void One_element_of_64_MiB_is_a_block()
    {
        foreach (var content in new[] { SmallArchive.Content(64 << 20), SmallArchive.Noise(64 << 20) })
        {
            var archive = SmallArchive.Write((new BlockKey(BlockKind.Nodes, 0, 0), 1, content));
            using var reader = SmallArchive.Open(archive);
            using var destination = new NativeBuffer();
            reader.ReadBlock(reader.Blocks[0], destination);
            Assert.True(destination.Written.SequenceEqual(content));
        }
    }

    [Fact]
    public void Encoding_and_reading_leave_nothing_large_on_the_managed_heap()
    {
        var content = SmallArchive.Content(4 << 20);
        using var file = new MemoryFile(new byte[8 << 20]);
        EncodedBlock.Encode(new BlockKey(BlockKind.Nodes, 0, 0), 1, content, 1).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            EncodedBlock.Encode(new BlockKey(BlockKind.Nodes, 0, i), 1, content, 1).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1_000);
    }

    [Fact]
    public void A_key_written_twice_must_be_copied_into_a_fresh_archive()
    {
        var key = new BlockKey(BlockKind.Nodes, 0, 0);
        using var file = new MemoryFile();
        using var writer = new ArchiveWriter(file, SmallArchive.Id);
        foreach (var content in new[] { SmallArchive.Content(100, 1), SmallArchive.Content(100, 2) })
        {
            using var block = EncodedBlock.Encode(key, 1, content, 1);
            writer.Write(block);
        }
        Assert.Throws<InvalidOperationException>(() => writer.Complete(SmallArchive.Manifest()));

        using var freshFile = new MemoryFile();
        using var fresh = new ArchiveWriter(freshFile, SmallArchive.Id);
        fresh.CopyFrom(file, writer.Entries[1]);
        using var readBack = new NativeBuffer();
        fresh.ReadBlock(fresh.Entries[0], readBack);
        Assert.Equal(SmallArchive.Content(100, 2), readBack.Written.ToArray());
        fresh.Complete(SmallArchive.Manifest());
        using var reader = SmallArchive.Open(freshFile.Bytes);
        reader.VerifyChecksum(null, CancellationToken.None);
        Assert.Single(reader.Blocks);
    }

    [Fact]
    public void A_damaged_block_is_not_copied()
    {
        using var file = new MemoryFile();
        using var writer = new ArchiveWriter(file, SmallArchive.Id);
        using var block = EncodedBlock.Encode(new BlockKey(BlockKind.Nodes, 0, 0), 1, SmallArchive.Content(100), 1);
        var entry = writer.Write(block);
        var bytes = file.Bytes;
        bytes[^1] ^= 1;
        using var fresh = new ArchiveWriter(new MemoryFile(), SmallArchive.Id);
        var error = Assert.Throws<GrapException>(() => fresh.CopyFrom(new MemoryFile(bytes), entry));
        Assert.Equal(GrapCondition.ArchiveCorrupt, error.Condition);
        Assert.Empty(fresh.Entries);
    }

    [Fact]
    public void The_manifest_comes_back_whole()
    {
        var options = new Dictionary<string, object?>
        {
            ["indexConfig"] = new Dictionary<string, object?>
            {
                ["text"] = "2026-01-01T00:00:00Z", ["number"] = 5L, ["float"] = 0.1, ["yes"] = true, ["none"] = null,
                ["list"] = new List<object?> { 1L, "a" },
            },
        };
        var manifest = SmallArchive.Manifest() with
        {
            Schema = new GraphSchema { Indexes = [new GraphIndex { Name = "ä\u2028", Type = "T", EntityType = "NODE", Options = options }] },
            Counts = new GraphCounts { NodesByLabel = new Dictionary<string, long> { ["b"] = 2, ["A"] = 1 } },
        };
        var bytes = ManifestJson.Write(manifest);
        var read = ManifestJson.Read(bytes, "test");
        Assert.Equal(bytes, ManifestJson.Write(read));
        var config = Assert.IsType<Dictionary<string, object?>>(read.Schema.Indexes[0].Options["indexConfig"]);
        Assert.Equal("2026-01-01T00:00:00Z", config["text"]);
        Assert.Equal(5L, config["number"]);
        Assert.Equal(0.1, config["float"]);
        Assert.Null(config["none"]);
        Assert.Equal(manifest.CompletedAt, read.CompletedAt);
    }
}
