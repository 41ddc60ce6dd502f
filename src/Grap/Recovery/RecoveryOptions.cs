using Grap.Recovery.Staging;
using Grap.Servers.Installations;

namespace Grap.Recovery;

/// <summary>How to recover.</summary>
public sealed record RecoveryOptions
{
    /// <summary>What the user wants to hold in the restored graph.</summary>
    public IReadOnlyList<StagingAssertion> Assertions { get; init; } = [];

    /// <summary>Where scratch servers come from; the staging folder has a place of its own.</summary>
    public ScratchOptions Scratch { get; init; } = new();

    /// <summary>Where staging folders are made; null for a place in the user's local application data.</summary>
    public string? StagingParent { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
