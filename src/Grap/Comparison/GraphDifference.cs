namespace Grap.Comparison;

/// <summary>What two graphs were compared by.</summary>
public enum ComparisonBasis
{
    /// <summary>Element by element: both are states of one database, where an id names one element.</summary>
    Elements,
    /// <summary>By counts and fingerprint: the graphs are not of one database, so ids say nothing.</summary>
    Fingerprint,
}

/// <summary>How many of something were added, removed and changed.</summary>
/// <param name="Added">Only on the difference side.</param>
/// <param name="Removed">Only in the reference.</param>
/// <param name="Changed">On both, and not the same.</param>
public sealed record ChangeCounts(long Added, long Removed, long Changed)
{
    /// <summary>None at all.</summary>
    public static ChangeCounts None { get; } = new(0, 0, 0);

    /// <summary>All together.</summary>
    public long Total => Added + Removed + Changed;

    /// <summary><c>+3 -1 ~2</c>; <c>0</c> for none.</summary>
    public override string ToString() => Total == 0 ? "0" : FormattableString.Invariant($"+{Added:N0} -{Removed:N0} ~{Changed:N0}");

    /// <summary>Both together.</summary>
    internal ChangeCounts Plus(ChangeCounts other) =>
        new(Added + other.Added, Removed + other.Removed, Changed + other.Changed);
}

/// <summary>An index or a constraint that differs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Reference">What it is in the reference, in words; null where it is not there.</param>
/// <param name="Difference">What it is on the other side; null where it is not there.</param>
public sealed record SchemaDifference(string Name, ChangeKind Change, string? Reference, string? Difference);

/// <summary>What differs between two graphs: what somebody would have to do to the reference to make it the
/// other.</summary>
public sealed record GraphDifference
{
    /// <summary>The graph that counts as given: <c>backup 'monday'</c>.</summary>
    public required string Reference { get; init; }
    /// <summary>The graph that it is compared with.</summary>
    public required string Difference { get; init; }
    /// <summary>What they were compared by.</summary>
    public required ComparisonBasis Basis { get; init; }
    /// <summary>Why by that, in a sentence.</summary>
    public required string BasisReason { get; init; }
    /// <summary>True where nothing differs, the schema included. By fingerprint that is strong evidence, by elements
    /// it is proof.</summary>
    public required bool Equal { get; init; }
    /// <summary>True where no element differs, whatever the schema.</summary>
    internal bool SameContent { get; init; }
    /// <summary>Nodes that differ; by fingerprint only how many more or fewer there are.</summary>
    public required ChangeCounts Nodes { get; init; }
    /// <summary>Relationships that differ.</summary>
    public required ChangeCounts Relationships { get; init; }
    /// <summary>Nodes by label, where any differ; a node counts for each label that it has on either side.</summary>
    public required IReadOnlyDictionary<string, ChangeCounts> NodesByLabel { get; init; }
    /// <summary>Relationships by type, where any differ.</summary>
    public required IReadOnlyDictionary<string, ChangeCounts> RelationshipsByType { get; init; }
    /// <summary>Indexes and constraints that differ.</summary>
    public required IReadOnlyList<SchemaDifference> Schema { get; init; }
    /// <summary>What else is to be known of it, as a sentence; null for nothing. By elements: that the content is the same, and only
    /// ids differ.</summary>
    public string? Remark { get; init; }
    /// <summary>False where one of the graphs was written to while it was read, so that what differs may be of different
    /// moments.</summary>
    public required bool Exact { get; init; }
    /// <summary>Elements gone through, on both sides together.</summary>
    public required long Compared { get; init; }
    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
