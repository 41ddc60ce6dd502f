namespace Grap.Recovery;

/// <summary>How a restore ended.</summary>
public enum RestoreOutcome
{
    /// <summary>Everything that was to be restored is there.</summary>
    Restored,
    /// <summary>The graph is there, except for what <see cref="RestoreResult.NotCarried"/> names.</summary>
    RestoredWithLoss,
}

/// <summary>What a restore did.</summary>
public sealed record RestoreResult
{
    /// <summary>How it ended.</summary>
    public RestoreOutcome Outcome => NotCarried.Count == 0 ? RestoreOutcome.Restored : RestoreOutcome.RestoredWithLoss;
    /// <summary>What was read, for messages.</summary>
    public required string Source { get; init; }
    /// <summary>Address and database written to.</summary>
    public required string Target { get; init; }
    /// <summary>Nodes created.</summary>
    public required long Nodes { get; init; }
    /// <summary>Relationships created.</summary>
    public required long Relationships { get; init; }
    /// <summary>Elements among them that came in by Neo4j's bulk import, and not through Bolt.</summary>
    public long Imported { get; init; }
    /// <summary>Constraints created.</summary>
    public required int Constraints { get; init; }
    /// <summary>Indexes created that stand by themselves.</summary>
    public required int Indexes { get; init; }
    /// <summary>Whether only a part was to be restored.</summary>
    public required bool Partial { get; init; }
    /// <summary>What the target could not take.</summary>
    public required IReadOnlyList<NotCarried> NotCarried { get; init; }
    /// <summary>Transactions that were sent again, because of a deadlock, a lost connection, or memory.</summary>
    public required long Retries { get; init; }
    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
    /// <summary>Time by step: <c>Nodes</c>, <c>Relationships</c>, <c>Schema</c>.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> Steps { get; init; }
    /// <summary>Which node of the target each node of the source became.</summary>
    public required NodeIds NodeIds { get; init; }
}
