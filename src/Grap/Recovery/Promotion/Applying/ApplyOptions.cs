using Grap.Servers.Installations;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>How a difference is applied.</summary>
public sealed record ApplyOptions
{
    /// <summary>Change the elements in many transactions, also where one would do.</summary>
    public bool Stepwise { get; init; }

    /// <summary>Whether nodes of Grap's own may stay in the database. Where not, the one that a promotion needs is
    /// removed at its end.</summary>
    public bool KeepsOwnNodes { get; init; } = true;

    /// <summary>How often the difference is computed, where others commit meanwhile.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Most elements in one of many transactions.</summary>
    public int BatchElements { get; init; } = 5000;

    /// <summary>Where scratch servers come from, for physical backups.</summary>
    public ScratchOptions Scratch { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
