using Grap.Repositories;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>The disk, on which something happens each time after the folder of the stores was listed.</summary>
internal sealed class VanishingFiles(Action afterListing) : IFileSystem
{
    private readonly DiskFileSystem _disk = new();

    public IReadOnlyList<FolderItem>? List(string folder)
    {
        var items = _disk.List(folder);
        if (Path.GetFileName(Path.GetDirectoryName(folder)) == "databases")
            afterListing();
        return items;
    }

    public IReadableFile? OpenRead(string path) => _disk.OpenRead(path);

    public IWritableFile? CreateNew(string path) => throw new NotSupportedException();

    public IWritableFile? OpenAppend(string path) => throw new NotSupportedException();

    public void Rename(string from, string to) => throw new NotSupportedException();

    public bool Delete(string path) => throw new NotSupportedException();

    public bool FileExists(string path) => throw new NotSupportedException();

    public void SyncFolder(string folder) => throw new NotSupportedException();

    public string? CreateFolder(string folder) => throw new NotSupportedException();

    public long FreeSpace(string folder) => throw new NotSupportedException();
}
