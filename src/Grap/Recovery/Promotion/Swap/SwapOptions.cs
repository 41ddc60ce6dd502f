using Grap.OnlineCopy;
using Grap.Servers;
using Grap.Servers.Control;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>How to promote by exchanging folders.</summary>
public sealed record SwapOptions
{
    /// <summary>How to reach production. The database is that of the recovery.</summary>
    public required SessionOptions Login { get; init; }

    /// <summary>What stops and starts the server. Where an interrupted promotion is continued or undone, that one's
    /// counts when nothing is given here, unless it was by commands, which no journal keeps.</summary>
    public ServerControlOptions Control { get; init; } = new();

    /// <summary>Where the server's data folder may be.</summary>
    public DataFolderHints DataFolder { get; init; } = new();

    /// <summary>Whether production no longer starts: nothing is asked of it, there is no safety backup, and its folders
    /// as they are stay as the safety copy. They must be named by <see cref="DataFolder"/>.</summary>
    public bool ProductionUnavailable { get; init; }

    /// <summary>How long the server may take.</summary>
    public ControlLimits Limits { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
