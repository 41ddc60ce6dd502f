namespace Grap.Servers.Installations;

/// <summary>Where scratch servers come from and where they live.</summary>
public sealed record ScratchOptions
{
    /// <summary>A Neo4j installation to try first: <c>NEO4J_HOME</c>; null for none.</summary>
    public string? Home { get; init; }

    /// <summary>Where the servers' folders are made; null for a place in the user's local application data.</summary>
    public string? ParentFolder { get; init; }

    /// <summary>Where reports of Neo4j's consistency check are kept: <c>reports</c> beside the servers'
    /// folders.</summary>
    internal string ReportFolder => Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(ParentFolder ?? ServerFolder.DefaultParent()))!, "reports");

    /// <summary>Folders that may hold installations, or be one, as patterns whose last part may have a <c>*</c>; null
    /// for the usual ones (<see cref="InstallationSearch"/>).</summary>
    public IReadOnlyList<string>? Places { get; init; }

    /// <summary>How many elements a logical backup must have to be imported in bulk. With fewer, seconds at most are
    /// gained, for more of memory and disk (docs/performance.md).</summary>
    public long ImportFrom { get; init; } = 200_000;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable (<c>JAVA_HOME</c>, <c>PATH</c>).</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
}
