namespace Grap.Bolt;

/// <summary>What a query's last SUCCESS said.</summary>
public sealed record BoltSummary
{
    /// <summary>The bookmark of an auto-commit query.</summary>
    public string? Bookmark { get; init; }

    /// <summary>All metadata as sent: <c>type</c>, <c>stats</c>, <c>plan</c>, <c>db</c>, <c>t_last</c>, notifications
    /// or statuses.</summary>
    public IReadOnlyDictionary<string, object?> Metadata { get; init; } = new Dictionary<string, object?>();
}
