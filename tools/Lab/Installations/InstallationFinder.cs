using System.Diagnostics;
using Grap.Servers.Installations;

namespace Grap.Lab.Installations;

/// <summary>Where the lab looks for a Neo4j. Everything that differs from machine to machine comes in here.</summary>
public sealed record InstallationFinder
{
    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The folder with the servers that come with the project's surroundings: <c>../shared/neo4j</c>; null
    /// for none.</summary>
    public string? SharedFolder { get; init; } =
        RepositoryRoot.Find() is { } root ? Path.GetFullPath(Path.Combine(root, "..", "shared", "neo4j")) : null;

    /// <summary>Whether nothing may be downloaded.</summary>
    public bool Offline { get; init; }

    /// <summary>Told what takes time.</summary>
    public Action<string> Log { get; init; } = _ => { };

    /// <summary>The installation of a version that is here, or can be unpacked from what is here; null where there is
    /// none.</summary>
    public async Task<Neo4jInstallation?> OnThisMachineAsync(string version, CancellationToken cancellation) =>
        FromEnvironment(version) ?? await FromSharedFolderAsync(version, cancellation) ?? FromCache(version);

    /// <summary>The installation that <c>NEO4J_HOME</c> names, if it is of the version.</summary>
    public Neo4jInstallation? FromEnvironment(string version)
    {
        var home = Environment("NEO4J_HOME");
        if (string.IsNullOrWhiteSpace(home))
            return null;
        var installation = Neo4jInstallation.At(home);
        if (installation.Version == version)
            return installation;
        Log($"NEO4J_HOME is Neo4j {installation.Version}, not {version}: looking elsewhere.");
        return null;
    }

    /// <summary>The installation of a version in the shared folder, unpacked on demand.</summary>
    public async Task<Neo4jInstallation?> FromSharedFolderAsync(string version, CancellationToken cancellation)
    {
        // The script is bash; the archives beside it are Linux's and macOS's.
        if (SharedFolder is null || OperatingSystem.IsWindows()
            || !File.Exists(Path.Combine(SharedFolder, $"neo4j-community-{version}.tar.xz")))
        {
            return null;
        }

        var unpack = Path.Combine(SharedFolder, "unpack");
        var start = new ProcessStartInfo(unpack)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(version);
        using var process = Process.Start(start) ?? throw new LabException($"'{unpack}' did not start.");
        var complaints = process.StandardError.ReadToEndAsync(cancellation);
        var home = (await process.StandardOutput.ReadToEndAsync(cancellation)).Trim();
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? Neo4jInstallation.At(home)
            : throw new LabException($"'{unpack} {version}' failed: {(await complaints).Trim()}");
    }

    /// <summary>The installation of a version in the cache.</summary>
    public Neo4jInstallation? FromCache(string version)
    {
        var home = Path.Combine(CacheFolder(), version);
        return Directory.Exists(home) ? Neo4jInstallation.At(home) : null;
    }

    /// <summary>Neo4j's official Community archive, downloaded into the cache; null when offline.</summary>
    public async Task<Neo4jInstallation?> FromOfficialArchiveAsync(string version, CancellationToken cancellation)
    {
        if (Offline)
            return null;
        var source = new OfficialArchive { Environment = Environment, CacheFolder = CacheFolder(), Log = Log };
        return Neo4jInstallation.At(await source.InstallAsync(version, cancellation));
    }

    /// <summary><c>grap/neo4j</c> in the user's cache folder.</summary>
    public string CacheFolder()
    {
        var cache = Environment("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
        {
            cache = OperatingSystem.IsWindows()
                ? Folder(System.Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Folder(System.Environment.SpecialFolder.UserProfile), ".cache");
        }
        return Path.Combine(cache, "grap", "neo4j");

        static string Folder(System.Environment.SpecialFolder folder) => System.Environment.GetFolderPath(folder);
    }

    /// <summary>What to tell a person when there is none.</summary>
    public static LabException NoneFound(string version, Exception? why = null) => new(
        $"No Neo4j {version} can be had here: set NEO4J_HOME to one that is unpacked, start Docker, or connect this "
        + $"machine to the internet once, so that it can be downloaded from {OfficialArchive.DefaultBase}."
        + (why is null ? "" : $" ({why.Message})"), why);
}
