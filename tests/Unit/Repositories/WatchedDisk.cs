using Grap.Repositories;

namespace Grap.Tests.Unit.Repositories;

/// <summary>The real disk, which remembers what was synced, for what is written there by others than a repository: so
/// it can be said what the worst power failure would leave.</summary>
internal sealed class WatchedDisk : IFileSystem
{
    private readonly DiskFileSystem _disk = new();
    private readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.Ordinal);
    private readonly List<byte[]> _contents = [];

    public IWritableFile? CreateNew(string path) => Watch(path, _disk.CreateNew(path));

    public IReadableFile? OpenRead(string path) => _disk.OpenRead(path);

    public IWritableFile? OpenAppend(string path) => Watch(path, _disk.OpenAppend(path));

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public bool Delete(string path) => _disk.Delete(path);

    public bool FileExists(string path) => _disk.FileExists(path);

    public IReadOnlyList<FolderItem>? List(string folder) => _disk.List(folder);

    public void SyncFolder(string folder)
    {
        _disk.SyncFolder(folder);
        _names[folder] = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
    }

    public string? CreateFolder(string folder) => _disk.CreateFolder(folder);

    public long FreeSpace(string folder) => _disk.FreeSpace(folder);

    /// <summary>The names in a folder, and in those below it, that are on the disk, with / between them; of files with
    /// what they hold, which is nothing where it was not synced.</summary>
    /// <param name="folder">A folder that is there for sure.</param>
    public Dictionary<string, byte[]> AfterPowerFailure(string folder)
    {
        var left = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in _names.GetValueOrDefault(folder) ?? [])
        {
            var path = Path.Combine(folder, name);
            if (Directory.Exists(path))
            {
                foreach (var (below, content) in AfterPowerFailure(path))
                    left.Add($"{name}/{below}", content);
            }
            else
            {
                var now = File.ReadAllBytes(path);
                left.Add(name, _contents.Exists(synced => synced.AsSpan().SequenceEqual(now)) ? now : []);
            }
        }
        return left;
    }

    private WatchedFile? Watch(string path, IWritableFile? file) =>
        file is null ? null : new WatchedFile(file, () => _contents.Add(File.ReadAllBytes(path)));

    private sealed class WatchedFile(IWritableFile file, Action synced) : IWritableFile
    {
        public long Length => file.Length;

        public int ReadAt(long offset, Span<byte> destination) => file.ReadAt(offset, destination);

        public void Append(ReadOnlySpan<byte> bytes) => file.Append(bytes);

        public void Sync()
        {
            file.Sync();
            synced();
        }

        public void Dispose() => file.Dispose();
    }
}
