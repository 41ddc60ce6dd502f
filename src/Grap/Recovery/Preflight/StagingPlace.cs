using Grap.Backups;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Servers.Installations;

namespace Grap.Recovery.Preflight;

/// <summary>What was looked for, or why it is not there.</summary>
internal sealed record Finding<T>(T? Value, GrapException? Problem)
    where T : class
{
    /// <summary>Looks for it.</summary>
    public static Finding<T> Of(Func<T> search)
    {
        try
        {
            return new(search(), null);
        }
        catch (GrapException problem)
        {
            return new(null, problem);
        }
    }
}

/// <summary>What there is where a backup is to be restored.</summary>
internal sealed record StagingPlace
{
    /// <summary>The folder that staging folders are made in.</summary>
    public required string Folder { get; init; }
    /// <summary>The Neo4j that would run there.</summary>
    public required Finding<Neo4jInstallation> Neo4j { get; init; }
    /// <summary>The Java that would run it.</summary>
    public required Finding<JavaRuntime> Java { get; init; }
    /// <summary>The names of its plugins' files.</summary>
    public IReadOnlyList<string> PluginFiles { get; init; } = [];
    /// <summary>Bytes that can be written there, what the recovery before leaves among them.</summary>
    public long FreeBytes { get; init; }
    /// <summary>Bytes of memory that nobody uses.</summary>
    public long FreeMemory { get; init; }

    /// <summary>Looks at this machine.</summary>
    /// <param name="manifest">The backup that is to be restored.</param>
    /// <param name="folder">The folder that staging folders are made in; it need not exist.</param>
    /// <param name="scratch">Where scratch servers come from.</param>
    /// <param name="before">The recovery of the same database before, which is discarded first.</param>
    public static StagingPlace Of(
        BackupManifest manifest, string folder, ScratchOptions scratch, RecoveryRecord before)
    {
        var neo4j = Finding<Neo4jInstallation>.Of(() => StagedBackup.FindInstallation(manifest, scratch));
        return new StagingPlace
        {
            Folder = folder,
            Neo4j = neo4j,
            Java = neo4j.Value is { } found
                ? Finding<JavaRuntime>.Of(() => JavaRuntime.For(found, scratch.Environment))
                : new(null, null),
            PluginFiles = neo4j.Value is { } home ? PluginsOf(home.Home) : [],
            FreeBytes = FreeSpace(folder) + StagingFolder.Size(before.StagingFolder, before.StagingHost),
            FreeMemory = ReadFreeMemory(),
        };
    }

    private static List<string> PluginsOf(string home)
    {
        var folder = Path.Combine(home, "plugins");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.jar").Select(Path.GetFileName).OfType<string>()
                .Order(StringComparer.Ordinal)]
            : [];
    }

    private static long FreeSpace(string folder)
    {
        var existing = Path.GetFullPath(folder);
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        return existing is null ? 0 : new DriveInfo(existing).AvailableFreeSpace;
    }

    // .NET looks at the memory, and at the limits of a container, when it collects garbage, and tells what it saw then.
    private static long ReadFreeMemory()
    {
        GC.Collect(0);
        var seen = GC.GetGCMemoryInfo();
        return seen.TotalAvailableMemoryBytes - seen.MemoryLoadBytes;
    }
}
