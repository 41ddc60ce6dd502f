namespace Grap.Repositories;

/// <summary>A file system whose failures are <see cref="GrapException"/>s. A repository uses its files only through
/// this.</summary>
internal sealed class GuardedFileSystem(IFileSystem files) : IFileSystem
{
    private readonly IFileSystem _files = files;

    public IWritableFile? CreateNew(string path) => Guard(path, () => Wrap(path, _files.CreateNew(path)));

    public IReadableFile? OpenRead(string path) =>
        Guard(path, () => _files.OpenRead(path) is { } file ? new ReadableFile(file, path) : null);

    public IWritableFile? OpenAppend(string path) => Guard(path, () => Wrap(path, _files.OpenAppend(path)));

    public void Rename(string from, string to) => Guard(to, () => { _files.Rename(from, to); return true; });

    public bool Delete(string path) => Guard(path, () => _files.Delete(path));

    public bool FileExists(string path) => Guard(path, () => _files.FileExists(path));

    public IReadOnlyList<FolderItem>? List(string folder) => Guard(folder, () => _files.List(folder));

    public void SyncFolder(string folder) => Guard(folder, () => { _files.SyncFolder(folder); return true; });

    public string? CreateFolder(string folder) => Guard(folder, () => _files.CreateFolder(folder));

    public long FreeSpace(string folder) => Guard(folder, () => _files.FreeSpace(folder));

    private static WritableFile? Wrap(string path, IWritableFile? file) =>
        file is null ? null : new WritableFile(file, path);

    private static T Guard<T>(string path, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception error) when (StorageFault.IsStorage(error))
        {
            throw StorageFault.From(error, path);
        }
    }

    private class ReadableFile(IReadableFile file, string path) : IReadableFile
    {
        public long Length => Guard(Path, () => File.Length);

        protected IReadableFile File { get; } = file;

        protected string Path { get; } = path;

        public int ReadAt(long offset, Span<byte> destination)
        {
            try
            {
                return File.ReadAt(offset, destination);
            }
            catch (Exception error) when (StorageFault.IsStorage(error))
            {
                throw StorageFault.From(error, Path);
            }
        }

        public void Dispose() => File.Dispose();
    }

    private sealed class WritableFile(IWritableFile file, string path) : ReadableFile(file, path), IWritableFile
    {
        public void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                file.Append(bytes);
            }
            catch (Exception error) when (StorageFault.IsStorage(error))
            {
                throw StorageFault.From(error, Path);
            }
        }

        public void Sync() => Guard(Path, () => { file.Sync(); return true; });
    }
}
