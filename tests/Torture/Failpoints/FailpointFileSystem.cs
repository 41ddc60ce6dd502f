using Grap.Repositories;

namespace Grap.Tests.Torture.Failpoints;

/// <summary>The real files, with a failpoint at every call. So the product itself needs none.</summary>
internal sealed class FailpointFileSystem(StepTrail trail) : IFileSystem
{
    private readonly DiskFileSystem _disk = new();

    public IWritableFile? CreateNew(string path)
    {
        var thing = ThingName.Of(path);
        return Wrap(thing, trail.Do("create", thing, () => _disk.CreateNew(path)), isNew: true);
    }

    public IReadableFile? OpenRead(string path)
    {
        var thing = ThingName.Of(path);
        var file = trail.Do("read", thing, () => _disk.OpenRead(path));
        return file is null ? null : new ReadFile(file, thing, trail);
    }

    public IWritableFile? OpenAppend(string path)
    {
        var thing = ThingName.Of(path);
        return Wrap(thing, trail.Do("open", thing, () => _disk.OpenAppend(path)), isNew: false);
    }

    public void Rename(string from, string to)
    {
        // Putting an archive in its place, and taking it away, are the two moments that count.
        var isCommit = ThingName.Of(from) is "archive" || ThingName.Of(to) is "archive";
        trail.Do("rename", ThingName.Of(from) + (isCommit ? " (the commit)" : ""), () =>
        {
            _disk.Rename(from, to);
            return true;
        });
    }

    public bool Delete(string path) => trail.Do("delete", ThingName.Of(path), () => _disk.Delete(path));

    public bool FileExists(string path) => trail.Do("look for", ThingName.Of(path), () => _disk.FileExists(path));

    public IReadOnlyList<FolderItem>? List(string folder) => trail.Do("list", "folder", () => _disk.List(folder));

    public void SyncFolder(string folder) => trail.Do("sync", "folder", () =>
    {
        _disk.SyncFolder(folder);
        return true;
    });

    public string? CreateFolder(string folder) => _disk.CreateFolder(folder);

    public long FreeSpace(string folder) => _disk.FreeSpace(folder);

    private WrittenFile? Wrap(string thing, IWritableFile? file, bool isNew) =>
        file is null ? null : new WrittenFile(file, thing, trail, isNew);

    private class ReadFile(IReadableFile file, string thing, StepTrail trail) : IReadableFile
    {
        public long Length => file.Length;

        protected string Thing { get; } = thing;

        protected StepTrail Trail { get; } = trail;

        public int ReadAt(long offset, Span<byte> destination) => file.ReadAt(offset, destination);

        public void Dispose() => file.Dispose();
    }

    private sealed class WrittenFile(IWritableFile file, string thing, StepTrail trail, bool isNew)
        : ReadFile(file, thing, trail), IWritableFile
    {
        private bool _isNew = isNew;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            var content = bytes.ToArray();
            // The first line of a lock, or of a claim on one, names its owner; the others are heartbeats.
            var isName = _isNew && ThingName.IsLockOrClaim(Thing);
            _isNew = false;
            Trail.Append(isName ? "name owner of" : "append to", Thing, content.Length,
                () => file.Append(content), () => file.Append(content.AsSpan(0, content.Length / 2)));
        }

        public void Sync()
        {
            Trail.Do("sync", Thing, () =>
            {
                file.Sync();
                return true;
            });
            if (Thing == ThingName.Lock)
                Trail.LockIsHeld();
        }
    }
}
