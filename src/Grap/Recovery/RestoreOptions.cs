namespace Grap.Recovery;

/// <summary>What of a graph to restore, and how.</summary>
public sealed record RestoreOptions
{
    /// <summary>Restore only nodes that have one of these labels; empty for all nodes.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Restore only relationships of these types; empty for all. Relationships always need both of their
    /// nodes.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Transactions written at once; 0 for one per core, at least 2 and at most 4: more only wait for each
    /// other on the server.</summary>
    public int Writers { get; init; }

    /// <summary>Most bytes of elements in one transaction, unless a single element is larger. They count several times
    /// in the server's transaction memory, which all its users share.</summary>
    public int BatchBytes { get; init; } = 2 << 20;

    /// <summary>Most elements in one transaction.</summary>
    public int BatchElements { get; init; } = 5000;

    /// <summary>True where something is left out on purpose.</summary>
    public bool IsPartial => Labels.Count > 0 || Types.Count > 0;

    internal int EffectiveWriters => Writers > 0 ? Writers : Math.Clamp(Environment.ProcessorCount, 2, 4);
}
