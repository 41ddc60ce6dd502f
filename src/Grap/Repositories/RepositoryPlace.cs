namespace Grap.Repositories;

/// <summary>One folder and what is needed to work in it.</summary>
internal sealed class RepositoryPlace(string folder, RepositoryOptions options)
{
    /// <summary>Absolute path.</summary>
    public string Folder { get; } = folder;

    public GuardedFileSystem Files { get; } = new(options.Files);

    public TimeProvider Time => options.Time;

    public IProcessTable Processes => options.Processes;

    public string Actor => options.Actor;

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Everything in the folder.</summary>
    public IReadOnlyList<FolderItem> List() => Files.List(Folder)
        ?? throw new GrapException(GrapCondition.RepositoryUnavailable, $"Repository '{Folder}' is gone.",
            "Check that the disk or share is mounted.", Folder);

    /// <summary>Waits by the repository's own clock.</summary>
    public void Wait(TimeSpan time, CancellationToken cancellation) =>
        Task.Delay(time, Time, cancellation).GetAwaiter().GetResult();

    /// <summary>A small file's bytes; null if there is no such file.</summary>
    public byte[]? Read(string name, int limit)
    {
        var path = PathOf(name);
        using var file = Files.OpenRead(path);
        return file is null ? null : ReadAll(file, path, limit);
    }

    /// <summary>Writes a file under a temporary name and syncs it, for a rename that puts it in place. Returns its
    /// path.</summary>
    public string WriteTemporary(string name, ReadOnlySpan<byte> content)
    {
        var temporary = PathOf(RepositoryLayout.Temporary(name));
        WriteNew(temporary, content);
        return temporary;
    }

    /// <summary>Writes a new file and syncs it.</summary>
    public void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        using var file = Files.CreateNew(path) ?? throw Taken(path);
        file.Append(content);
        file.Sync();
    }

    /// <summary>A random name that nevertheless exists.</summary>
    public static GrapException Taken(string path) => new(GrapCondition.RepositoryFailed,
        $"'{path}' exists already, which a random name cannot.", "Check the disk and the connection to it.", path);

    /// <summary>A file's bytes behind <paramref name="from"/>. Throws RepositoryFailed where they are more than
    /// <paramref name="limit"/>, or fewer than the file says it has: files are never cut, and a journal's beginning must not
    /// be taken for all of it.</summary>
    public static byte[] ReadAll(IReadableFile file, string path, int limit, long from = 0)
    {
        var length = file.Length - from;
        if (length > limit)
            throw new GrapException(GrapCondition.RepositoryFailed,
                $"'{path}' has {length} bytes; that is no file of Grap's.",
                "Look at the file and move it away.", path);
        var bytes = new byte[Math.Max(0, length)];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var read = file.ReadAt(from + filled, bytes.AsSpan(filled));
            if (read == 0)
                throw new GrapException(GrapCondition.RepositoryFailed,
                    $"'{path}' ended after {from + filled} of {from + bytes.Length} bytes.",
                    "Check the disk and the connection to it, then run the command again.", path);
            filled += read;
        }
        return bytes;
    }
}
