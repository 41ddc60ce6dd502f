namespace Grap.Recovery.Promotion.Swap;

/// <summary>
/// Exchanges folders by renaming, and back. Which names there are says how far it has come, so that whoever finds an
/// exchange half done can finish it or take it back, whatever ended the process or the power: no rename is begun before
/// the one before it is on the disk. No folder is removed, and at no moment are there live folders of two sides: all go
/// out, the first one first, before the last one comes in.
/// </summary>
/// <param name="files">The folders.</param>
/// <param name="folders">What is exchanged, all or none.</param>
internal sealed class FolderExchange(IDataFolders files, IReadOnlyList<SwapFolder> folders)
{
    /// <summary>What is exchanged.</summary>
    public IReadOnlyList<SwapFolder> Folders => folders;

    /// <summary>Whether any folder has left its place, or been put into one.</summary>
    public bool IsBegun => folders.Any(folder => !files.Exists(folder.Live) || files.Exists(folder.Outgoing));

    /// <summary>Whether all of it is done.</summary>
    public bool IsDone => folders.All(folder =>
        files.Exists(folder.Live) && !files.Exists(folder.Incoming) && files.Exists(folder.Outgoing));

    /// <summary>Whether all that is to come in is there, and nothing was exchanged yet.</summary>
    public bool IsReady => folders.All(folder =>
        files.Exists(folder.Live) && files.Exists(folder.Incoming) && !files.Exists(folder.Outgoing));

    /// <summary>Puts everything that comes in into its place, from wherever an exchange stands.</summary>
    /// <exception cref="IOException">A rename failed, or a folder is missing; some may be exchanged.</exception>
    public void Complete()
    {
        SyncEarlier();
        foreach (var folder in folders.Where(folder => files.Exists(folder.Incoming) && files.Exists(folder.Live)))
            Rename(folder.Live, folder.Outgoing, folder);
        foreach (var folder in folders.Reverse())
            PutInPlace(folder.Incoming, folder);
    }

    /// <summary>Puts everything that went out back into its place, from wherever an exchange stands.</summary>
    /// <exception cref="IOException">As above.</exception>
    public void TakeBack()
    {
        SyncEarlier();
        foreach (var folder in folders.Where(folder => files.Exists(folder.Outgoing) && files.Exists(folder.Live)))
            Rename(folder.Live, folder.Incoming, folder);
        foreach (var folder in folders.Reverse())
            PutInPlace(folder.Outgoing, folder);
    }

    // A rename of a run before this one may be not yet on the disk.
    private void SyncEarlier()
    {
        foreach (var parent in folders.Select(static folder => folder.Parent).Distinct(StringComparer.Ordinal))
            files.SyncNames(parent);
    }

    private void PutInPlace(string from, SwapFolder folder)
    {
        if (files.Exists(from))
            Rename(from, folder.Live, folder);
        else if (!files.Exists(folder.Live))
            throw new IOException($"Folder '{folder.Live}' is missing, and what was to take its place as well.");
    }

    private void Rename(string from, string to, SwapFolder folder)
    {
        if (files.Exists(to))
            throw new IOException($"'{from}' cannot be renamed: there is a folder '{to}' already.");
        files.Rename(from, to);
        files.SyncNames(folder.Parent);
    }
}
