using Grap.OnlineCopy;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>A small data folder as a server keeps it, in a temporary folder.</summary>
internal sealed class DataFolder : IDisposable
{
    public DataFolder()
    {
        Files = new DatabaseFiles("neo4j", Path);
        Directory.CreateDirectory(Files.StoreFolder);
        Directory.CreateDirectory(Files.LogFolder);
        Store(StoreId.FileName, RealFile.Neostore("5.26.30"));
        Store("neostore.nodestore.db", Archives.SmallArchive.Noise(3 << 20));
        Store("neostore.propertystore.db", [.. new byte[2 << 20], 1, 2, 3]);
        Store("neostore.nodestore.db.id", [1]);
        Store("neostore.counts.db", [1]);
        Log("checkpoint.0", RealFile.Checkpoint("5.26.30"));
        Log("neostore.transaction.db.5", Long(5, 100).Bytes);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("grap-data-").FullName;

    public DatabaseFiles Files { get; }

    /// <summary>A log that is long enough for the checkpoint.</summary>
    public static HandmadeLog Long(long version, long lastBefore) =>
        new HandmadeLog(version, lastBefore).Add(new byte[264_000]).Add([1, 2, 3]);

    public string Store(string name, byte[] content) => Write(Files.StoreFolder, name, content);

    public string Log(string name, byte[] content) => Write(Files.LogFolder, name, content);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Write(string folder, string name, byte[] content)
    {
        var path = System.IO.Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
