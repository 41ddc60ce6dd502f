using Grap.Backups;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>The checkpoint that a copy begins at: everything before it is on the disk, everything after it is in the
/// logs from its place on.</summary>
/// <param name="FileName">The checkpoint file's name.</param>
/// <param name="Content">That file, up to the end of this checkpoint.</param>
/// <param name="Place">Where recovery begins.</param>
internal sealed record Checkpoint(string FileName, byte[] Content, CheckpointPlace Place)
{
    /// <summary>
    /// The newest complete checkpoint. It is the first step of a copy: the pages that are copied must be at least as
    /// new.
    /// </summary>
    public static Checkpoint FindNewest(DatabaseFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var candidate in files.Checkpoints().Reverse())
        {
            using var file = files.OpenLog(candidate.Name);
            if (file is null)
                continue;
            var content = Read(file, candidate.Name);
            if (CheckpointFile.FindNewest(content, candidate.Name) is { } newest)
                return new Checkpoint(candidate.Name, content[..newest.End], newest.Place);
        }
        throw CopyFault.Unavailable(
            files.LogFolder, $"Folder '{files.LogFolder}' holds no complete checkpoint of a database.");
    }

    private static byte[] Read(IReadableFile file, string name)
    {
        var length = file.Length;
        if (length > CheckpointFile.MaxLength)
            throw CopyFault.Unknown(name, $"a checkpoint file of {length} bytes");
        var content = new byte[length];
        return content[..TransactionLog.Fill(file, 0, content)];
    }
}
