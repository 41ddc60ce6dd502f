using Grap.Repositories;

namespace Grap.Tests.Integration.Backups;

/// <summary>The real files on a disk that takes its time for every large write.</summary>
internal sealed class SlowFileSystem(TimeSpan each) : IFileSystem
{
    // Blocks are of this size; journal, locks and summaries are far smaller and stay fast.
    private const int LargeBytes = 1 << 20;

    private readonly DiskFileSystem _disk = new();
    private long _written;

    /// <summary>Bytes of large writes so far.</summary>
    public long Written => Interlocked.Read(ref _written);

    public IWritableFile? CreateNew(string path) => _disk.CreateNew(path) is { } file ? new SlowFile(file, this) : null;

    public IReadableFile? OpenRead(string path) => _disk.OpenRead(path);

    public IWritableFile? OpenAppend(string path) => _disk.OpenAppend(path);

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public bool Delete(string path) => _disk.Delete(path);

    public bool FileExists(string path) => _disk.FileExists(path);

    public IReadOnlyList<FolderItem>? List(string folder) => _disk.List(folder);

    public void SyncFolder(string folder) => _disk.SyncFolder(folder);

    public string? CreateFolder(string folder) => _disk.CreateFolder(folder);

    public long FreeSpace(string folder) => _disk.FreeSpace(folder);

    private sealed class SlowFile(IWritableFile file, SlowFileSystem disk) : IWritableFile
    {
        public long Length => file.Length;

        public int ReadAt(long offset, Span<byte> destination) => file.ReadAt(offset, destination);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length >= LargeBytes)
                Thread.Sleep(disk.Each);
            file.Append(bytes);
            if (bytes.Length >= LargeBytes)
                Interlocked.Add(ref disk._written, bytes.Length);
        }

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }

    private TimeSpan Each => each;
}
