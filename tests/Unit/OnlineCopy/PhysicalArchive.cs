using Grap.Archives;
using Grap.Backups;
using Grap.Tests.Unit.Archives;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Physical archives in memory: sound ones of any files, and such as nobody would write.</summary>
internal static class PhysicalArchive
{
    /// <summary>An archive of files with these bytes, cut as docs/archive.md says.</summary>
    public static ArchiveReader Of(params (string Name, PhysicalFileKind Kind, byte[] Content)[] files)
    {
        var pieces = new List<(BlockKey, byte[])>();
        for (var number = 0; number < files.Length; number++)
        {
            var (_, kind, content) = files[number];
            for (var at = 0; at < content.Length; at += BlockKey.PieceBytes)
            {
                var piece = content[at..Math.Min(content.Length, at + BlockKey.PieceBytes)];
                if (piece.AsSpan().ContainsAnyExcept((byte)0))
                    pieces.Add((new BlockKey(BlockOf(kind), number, at / BlockKey.PieceBytes), piece));
            }
        }
        var listed = files.Select(file => new PhysicalFile(file.Name, file.Kind, file.Content.Length));
        return Forge(manifest => manifest with { Physical = new PhysicalContent { Files = [.. listed] } }, [.. pieces]);
    }

    /// <summary>An archive with any manifest and any pieces.</summary>
    public static ArchiveReader Forge(
        Func<BackupManifest, BackupManifest> manifest, params (BlockKey Key, byte[] Content)[] pieces)
    {
        using var file = new MemoryFile();
        using var writer = new ArchiveWriter(file, SmallArchive.Id);
        foreach (var (key, content) in pieces)
        {
            using var block = EncodedBlock.Encode(key, 0, content, compressionLevel: 1);
            writer.Write(block);
        }
        writer.Complete(manifest(SmallArchive.Manifest() with { Method = BackupMethod.HotCopy }));
        return SmallArchive.Open(file.Bytes);
    }

    private static BlockKind BlockOf(PhysicalFileKind kind) => kind switch
    {
        PhysicalFileKind.Store => BlockKind.StoreFile,
        PhysicalFileKind.Log => BlockKind.LogFile,
        _ => BlockKind.DumpFile,
    };
}
