using Grap.Archives;
using Grap.Backups;
using Grap.Tests.Unit.Graphs;

namespace Grap.Tests.Unit.Archives;

/// <summary>Archives small enough to damage in every place.</summary>
internal static class SmallArchive
{
    public static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");

    public static BackupManifest Manifest(string id = "small") => new()
    {
        Id = id,
        ArchiveId = Id,
        StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        CompletedAt = new DateTimeOffset(2026, 1, 2, 3, 5, 6, 700, TimeSpan.Zero),
        Source = new BackupSource { Uri = "bolt://localhost:7687", Database = "neo4j", ServerVersion = "5.26.30" },
    };

    /// <summary>Sixteen elements, the fewest that are stored as columns.</summary>
    private static byte[] Elements(Func<long, byte[]> element) =>
        ElementBytes.Join([.. Enumerable.Range(0, 16).Select(i => element(i))]);

    /// <summary>Content that compresses.</summary>
    public static byte[] Content(int length, int seed = 1)
    {
        var content = new byte[length];
        for (var i = 0; i < length; i++)
            content[i] = (byte)(i / 7 % 50 * seed);
        return content;
    }

    public static byte[] Noise(int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Two compressed blocks, one stored, one empty, and two of columns.</summary>
    public static byte[] Bytes() => Write(
        (new BlockKey(BlockKind.Relationships, 65_536, 0), 16, Elements(static id => ElementBytes.Relationship(65_536 + id, 0, 1, "T", ("since", id)))),
        (new BlockKey(BlockKind.Nodes, 131_072, 0), 16, Elements(static id => ElementBytes.Node(131_072 + id, ["A"], ("name", $"{id}")))),
        (new BlockKey(BlockKind.Relationships, 0, 0), 3, Content(300, 3)),
        (new BlockKey(BlockKind.Nodes, 65_536, 1), 1, Noise(60)),
        (new BlockKey(BlockKind.Nodes, 65_536, 0), 2, Content(200, 5)),
        (new BlockKey(BlockKind.Nodes, 0, 0), 0, []));

    public static byte[] Write(params (BlockKey Key, int Count, byte[] Content)[] blocks)
    {
        using var file = new MemoryFile();
        using var writer = new ArchiveWriter(file, Id);
        foreach (var (key, count, content) in blocks)
        {
            using var block = EncodedBlock.Encode(key, count, content, compressionLevel: 1);
            writer.Write(block);
        }
        writer.Complete(Manifest());
        return file.Bytes;
    }

    public static ArchiveReader Open(byte[] bytes, int mostPerRead = int.MaxValue) =>
        ArchiveReader.Open(new MemoryFile(bytes, mostPerRead), "small.grap");
}
