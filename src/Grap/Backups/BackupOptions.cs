using Grap.OnlineCopy;

namespace Grap.Backups;

/// <summary>What kind of backup is wanted.</summary>
public sealed record BackupOptions
{
    /// <summary>The id; null for <c>&lt;database&gt;-&lt;UTC time&gt;</c>.</summary>
    public string? Id { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Zstandard level, 1 to 22; 0 for none.</summary>
    public int CompressionLevel { get; init; } = 1;

    /// <summary>How to take it; null for the best that this server and this machine allow.</summary>
    public BackupMethod? Method { get; init; }

    /// <summary>Where to look for the server's files.</summary>
    public DataFolderHints DataFolder { get; init; } = new();

    /// <summary>The most bytes a second that are read of the server's files; 0 for no limit. Null: what leaves writers most
    /// of their rate while somebody writes, and no limit while nobody does.</summary>
    public long? MaxBytesPerSecond { get; init; }

    /// <summary>Connections that read at once; 0 for one per core, at least 2 and at most 8.</summary>
    public int Connections { get; init; }

    /// <summary>How often the graph is read in search of a pass without a commit, 1 to 100.</summary>
    public int MaxPass { get; init; } = 2;

    /// <summary>Never publish a fuzzy backup: where writers leave no quiet pass, read a copy of the server's files in a
    /// scratch server, and fail with NotExact where that is not possible.</summary>
    public bool RequireExact { get; init; }

    /// <summary>The number of connections to use on this machine.</summary>
    internal int EffectiveConnections => Connections > 0 ? Connections : Math.Clamp(Environment.ProcessorCount, 2, 8);
}
