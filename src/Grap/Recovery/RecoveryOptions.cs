using Grap.Recovery.Staging;
using Grap.Schemas;
using Grap.Servers.Installations;

namespace Grap.Recovery;

/// <summary>How to recover.</summary>
public sealed record RecoveryOptions
{
    /// <summary>What the user wants to hold in the restored graph.</summary>
    public IReadOnlyList<StagingAssertion> Assertions { get; init; } = [];

    /// <summary>How the restored graph must be; null where nobody declared it. A part of a backup is not asked, since rules are
    /// made for a whole.</summary>
    public DeclaredSchema? Schema { get; init; }

    /// <summary>What of the backup is restored; null for all of it.</summary>
    public RecoveredPart? Part { get; init; }

    /// <summary>Whether staging's server is left running after validation, to be looked at.</summary>
    public bool KeepRunning { get; init; }

    /// <summary>Where scratch servers come from; the staging folder has a place of its own.</summary>
    public ScratchOptions Scratch { get; init; } = new();

    /// <summary>Where staging folders are made; null for a place in the user's local application data.</summary>
    public string? StagingParent { get; init; }

    /// <summary>Told, as sentences, what of the preflight may not be enough, before anything is touched, and which declared
    /// rules warn; null for nobody.</summary>
    public Action<string>? Announce { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
