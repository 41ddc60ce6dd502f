using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Archives;

/// <summary>Builds archives from docs/archive.md alone, with nothing of the code that reads or writes them.</summary>
public sealed class HandmadeArchiveTests
{
    private const string Manifest =
        """
        {"manifestVersion":1,"id":"handmade","archiveId":"00112233-4455-6677-8899-aabbccddeeff",
        "repositoryId":"00000000-0000-0000-0000-000000000000","startedAt":"2026-01-02T03:04:05+00:00",
        "completedAt":"2026-01-02T03:05:06.7+00:00","method":"Bolt","exactness":"Exact","exactnessReason":"Nothing was committed.",
        "source":{"uri":"bolt://localhost:7687","database":"neo4j","serverVersion":"5.26.30","edition":"community",
        "protocol":"5.4","plugins":["apoc"],"settings":{"Zeta":"1","alpha":"2"}},"transactions":{"first":7,"last":7},
        "counts":{"nodes":2,"relationships":1,"nodesByLabel":{"A":2},"relationshipsByType":{"T":1}},
        "schema":{"indexes":[{"name":"i","type":"RANGE","entityType":"NODE","labelsOrTypes":["A"],"properties":["p"],
        "options":{"indexConfig":{"a":1,"b":[0.5,"2026-01-01T00:00:00Z",true,null]}},"cypher":""}],"constraints":[],
        "labels":["A"],"relationshipTypes":["T"],"propertyKeys":["p"]},"notIncluded":["users"],"tags":["nightly"],
        "compression":{"algorithm":"none","level":0},"rawBytes":23,"storedBytes":23,"blocks":2,"producer":"Grap 0.1.0"}
        """;

    /// <summary>Two nodes, <c>[0, ["A"], {}]</c> and <c>[5, [], {}]</c>, in PackStream.</summary>
    private static readonly byte[] Nodes = [0x93, 0x00, 0x91, 0x81, 0x41, 0xA0, 0x93, 0x05, 0x90, 0xA0];

    /// <summary>One relationship, <c>[3, 0, 5, "T", {}]</c>.</summary>
    private static readonly byte[] Relationships = [0x95, 0x03, 0x00, 0x05, 0x81, 0x54, 0xA0];

    private static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");

    private static string ManifestLine => Manifest.ReplaceLineEndings("");

    [Fact]
    public void What_is_built_from_the_page_can_be_read()
    {
        using var archive = SmallArchive.Open(Build((1, 0, 2, Nodes), (2, 0, 1, Relationships)));
        archive.VerifyChecksum(null, CancellationToken.None);
        Assert.Equal("handmade", archive.Manifest.Id);
        Assert.Equal(Exactness.Exact, archive.Manifest.Exactness);
        Assert.Equal(new TransactionWindow(7, 7), archive.Manifest.Transactions);
        Assert.Equal([new(BlockKind.Nodes, 0, 0), new(BlockKind.Relationships, 0, 0)], archive.Blocks.Select(block => block.Key));
        using var content = new NativeBuffer();
        archive.ReadBlock(archive.Blocks[0], content);
        Assert.Equal(Nodes, content.Written.ToArray());
        archive.ReadBlock(archive.Blocks[1], content);
        Assert.Equal(Relationships, content.Written.ToArray());
    }

    [Fact]
    public void The_writer_writes_the_bytes_that_the_page_says()
    {
        using var handmade = SmallArchive.Open(Build((1, 0, 2, Nodes), (2, 0, 1, Relationships)));
        using var file = new MemoryFile();
        using var writer = new ArchiveWriter(file, Id);
        using (var nodes = EncodedBlock.Encode(new BlockKey(BlockKind.Nodes, 0, 0), 2, Nodes, 0))
            writer.Write(nodes);
        using (var relationships = EncodedBlock.Encode(new BlockKey(BlockKind.Relationships, 0, 0), 1, Relationships, 0))
            writer.Write(relationships);
        var hash = writer.Complete(handmade.Manifest);
        writer.Sync();
        Assert.Equal(Convert.ToHexString(Build((1, 0, 2, Nodes), (2, 0, 1, Relationships))), Convert.ToHexString(file.Bytes));
        Assert.Equal(SHA256.HashData(file.Bytes), hash);
        Assert.Equal(1, file.Syncs);
    }

    [Fact]
    public void Unknown_kinds_are_passed_over_if_optional_and_refused_if_not()
    {
        var optional = Build((1, 0, 2, Nodes), (77, 2, 1, [1, 2, 3]));
        using var archive = SmallArchive.Open(optional);
        archive.VerifyChecksum(null, CancellationToken.None);
        Assert.Equal(BlockKind.Nodes, Assert.Single(archive.Blocks).Key.Kind);
        optional[^200] ^= 1;
        Assert.Throws<GrapException>(() => SmallArchive.Open(optional).VerifyChecksum(null, CancellationToken.None));

        var refused = Assert.Throws<GrapException>(() => SmallArchive.Open(Build((1, 0, 2, Nodes), (77, 0, 1, [1, 2, 3]))));
        Assert.Equal(GrapCondition.ArchiveTooNew, refused.Condition);
    }

    [Theory]
    [InlineData(2, 0, 0u, GrapCondition.ArchiveTooNew)]
    [InlineData(1, 7, 0u, null)]
    [InlineData(1, 0, 1u, GrapCondition.ArchiveTooNew)]
    [InlineData(0, 0, 0u, GrapCondition.ArchiveCorrupt)]
    public void Versions_and_features_are_told_apart(int major, int minor, uint flags, GrapCondition? expected)
    {
        var error = Record.Exception(() => SmallArchive.Open(Build(Id, major, minor, flags, ManifestLine, (1, 0, 2, Nodes))));
        Assert.Equal(expected, (error as GrapException)?.Condition);
    }

    [Fact]
    public void A_manifest_of_another_archive_is_refused()
    {
        var error = Assert.Throws<GrapException>(() => SmallArchive.Open(Build(Guid.NewGuid(), 1, 0, 0, ManifestLine, (1, 0, 2, Nodes))));
        Assert.Equal(GrapCondition.ArchiveCorrupt, error.Condition);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":5")]
    [InlineData("{\"id\":\"a\",\"source\":7}")]
    [InlineData("{\"id\":\"a\",\"source\":{},\"method\":\"Telepathy\"}")]
    [InlineData("{\"id\":\"a\",\"source\":{},\"method\":7}")]
    [InlineData("{\"id\":\"a\",\"source\":{},\"method\":\"7\"}")]
    [InlineData("{\"id\":\"a\",\"source\":{},\"startedAt\":\"yesterday\"}")]
    [InlineData("{\"id\":\"a\",\"source\":{},\"rawBytes\":1e400}")]
    public void A_manifest_that_is_none_is_damage_and_nothing_worse(string manifest)
    {
        var error = Assert.Throws<GrapException>(() => SmallArchive.Open(Build(Id, 1, 0, 0, manifest, (1, 0, 2, Nodes))));
        Assert.Equal(GrapCondition.ArchiveCorrupt, error.Condition);
    }

    [Fact]
    public void A_huge_claim_allocates_nothing()
    {
        // An index entry and a frame, both with sound hashes, that claim a content of 1 GiB in three stored bytes.
        var archive = Build(Id, 1, 0, 0, ManifestLine, claimedLength: 1 << 30, (1, 1, 2, [1, 2, 3]));
        using var reader = SmallArchive.Open(archive);
        using var content = new NativeBuffer();
        var error = Assert.Throws<GrapException>(() => reader.ReadBlock(reader.Blocks[0], content));
        Assert.Equal(GrapCondition.ArchiveCorrupt, error.Condition);
        Assert.Equal(0, content.Length);
        Assert.Throws<GrapException>(() => SmallArchive.Open(
            Build(Id, 1, 0, 0, ManifestLine, claimedLength: (1 << 30) + 1, (1, 1, 2, [1, 2, 3]))));
    }

    private static byte[] Build(params (ushort Kind, ushort Flags, int Count, byte[] Content)[] blocks) =>
        Build(Id, 1, 0, 0, ManifestLine, blocks);

    private static byte[] Build(Guid id, int major, int minor, uint flags, string manifest,
        params (ushort Kind, ushort Flags, int Count, byte[] Content)[] blocks) =>
        Build(id, major, minor, flags, manifest, null, blocks);

    private static byte[] Build(Guid id, int major, int minor, uint flags, string manifest, int? claimedLength,
        params (ushort Kind, ushort Flags, int Count, byte[] Content)[] blocks)
    {
        var file = new MemoryStream();
        var writer = new BinaryWriter(file);
        // Header
        var header = new MemoryStream();
        var fields = new BinaryWriter(header);
        fields.Write([0xC7, 0x47, 0x52, 0x50, 0x0D, 0x0A, 0x1A, 0x0A]);
        fields.Write((ushort)major);
        fields.Write((ushort)minor);
        fields.Write(flags);
        fields.Write(Convert.FromHexString(id.ToString("N")));
        fields.Write(new byte[16]);
        WriteWithHash(writer, header.ToArray());
        // Blocks
        var index = new MemoryStream();
        var entries = new BinaryWriter(index);
        foreach (var (kind, blockFlags, count, content) in blocks)
        {
            var rawLength = claimedLength ?? content.Length;
            entries.Write(kind);
            entries.Write(blockFlags);
            entries.Write(0);
            entries.Write(0L);
            entries.Write(file.Length);
            entries.Write(count);
            entries.Write(rawLength);
            entries.Write(content.Length);
            entries.Write(0);
            entries.Write(Xxh128(content));
            entries.Write(Xxh128(content));
            WriteFrame(writer, kind, blockFlags, count, content, rawLength);
        }
        // Manifest, index
        var manifestBytes = Encoding.UTF8.GetBytes(manifest);
        var manifestAt = file.Length;
        WriteFrame(writer, 0xF001, 0, 0, manifestBytes, manifestBytes.Length);
        var indexAt = file.Length;
        WriteFrame(writer, 0xF002, 0, blocks.Length, index.ToArray(), (int)index.Length);
        // Trailer
        var trailerAt = file.Length;
        var trailer = new MemoryStream();
        var ends = new BinaryWriter(trailer);
        ends.Write(manifestAt);
        ends.Write(indexAt - manifestAt);
        ends.Write(indexAt);
        ends.Write(trailerAt - indexAt);
        ends.Write(trailerAt + 96);
        WriteWithHash(writer, trailer.ToArray());
        writer.Write(SHA256.HashData(file.ToArray()));
        writer.Write([0x0A, 0x1A, 0x0A, 0x0D, 0x50, 0x52, 0x47, 0xC7]);
        return file.ToArray();
    }

    private static void WriteFrame(BinaryWriter writer, ushort kind, ushort flags, int count, byte[] content, int rawLength)
    {
        var head = new MemoryStream();
        var fields = new BinaryWriter(head);
        fields.Write([0xF7, 0x46, 0x52, 0x4D]);
        fields.Write(kind);
        fields.Write(flags);
        fields.Write(0L);
        fields.Write(0);
        fields.Write(count);
        fields.Write(rawLength);
        fields.Write(content.Length);
        fields.Write(Xxh128(content));
        fields.Write(Xxh128(content));
        WriteWithHash(writer, head.ToArray());
        writer.Write(content);
    }

    private static void WriteWithHash(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes);
        writer.Write(Xxh128(bytes));
    }

    /// <summary>XXH128 as a little-endian number: the bytes that xxhsum prints, backwards.</summary>
    private static byte[] Xxh128(byte[] bytes) => [.. XxHash128.Hash(bytes).Reverse()];
}
