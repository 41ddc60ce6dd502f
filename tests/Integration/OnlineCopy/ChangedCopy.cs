using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Repositories;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>A physical backup that is published again with other bytes, and hashes that fit.</summary>
internal static class ChangedCopy
{
    /// <summary>Publishes it.</summary>
    /// <param name="from">Where the backup is.</param>
    /// <param name="copyId">Its id.</param>
    /// <param name="to">Where the changed one goes.</param>
    /// <param name="id">The changed one's id.</param>
    /// <param name="change">Changes a file's first piece, which may become shorter, or longer where it is the only one;
    /// null for none.</param>
    /// <param name="alter">Changes the manifest; null for none.</param>
    public static Backup Publish(
        FolderRepository from, string copyId, FolderRepository to, string id,
        Func<PhysicalFile, byte[], byte[]>? change = null, Func<BackupManifest, BackupManifest>? alter = null)
    {
        using var copy = from.OpenArchive(copyId);
        using var held = to.Lock("test");
        using var pending = to.Begin(id, held);
        using var content = new NativeBuffer();
        var files = copy.Manifest.Physical!.Files.ToArray();
        foreach (var block in copy.Blocks)
        {
            copy.ReadBlock(block, content);
            var bytes = content.Written.ToArray();
            if (block.Key.Part == 0 && change is not null)
            {
                ref var file = ref files[(int)block.Key.FirstId];
                var changed = change(file, bytes);
                file = file with { Length = file.Length - bytes.Length + changed.Length };
                bytes = changed;
            }
            using var encoded = EncodedBlock.Encode(block.Key, block.Count, bytes, compressionLevel: 1);
            pending.Archive.Write(encoded);
        }
        var manifest = copy.Manifest with { Physical = copy.Manifest.Physical with { Files = files } };
        return pending.Publish(alter?.Invoke(manifest) ?? manifest, CancellationToken.None);
    }
}
