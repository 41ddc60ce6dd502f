namespace Grap.Recovery;

/// <summary>What one transaction writes.</summary>
internal sealed class WriteBatch : IDisposable
{
    private readonly List<RowGroup> _groups = [];
    private readonly Dictionary<string, RowGroup> _byQuery = new(StringComparer.Ordinal);

    /// <summary>The rows, by query.</summary>
    public IReadOnlyList<RowGroup> Groups => _groups;

    /// <summary>How many elements.</summary>
    public int Count => _groups.Sum(static g => g.Count);

    /// <summary>What was created, in the order of the rows: for nodes the number that the row began with, and always
    /// the new id.</summary>
    public List<(int Row, long Id)> Created { get; } = [];

    /// <summary>The rows for <paramref name="query"/>.</summary>
    public RowGroup For(string query)
    {
        if (!_byQuery.TryGetValue(query, out var group))
        {
            group = new RowGroup(query);
            _byQuery.Add(query, group);
            _groups.Add(group);
        }
        return group;
    }

    /// <summary>The same as two batches; for a server that has not the memory for one. Null for a single
    /// element.</summary>
    public (WriteBatch First, WriteBatch Second)? Split()
    {
        var count = Count;
        if (count < 2)
            return null;
        var (first, second, left) = (new WriteBatch(), new WriteBatch(), count / 2);
        foreach (var group in _groups)
        {
            var here = Math.Min(left, group.Count);
            left -= here;
            if (here > 0)
                first.Take(group.Copy(0, here));
            if (here < group.Count)
                second.Take(group.Copy(here, group.Count));
        }
        return (first, second);
    }

    /// <inheritdoc/>
    public void Dispose() => _groups.ForEach(static g => g.Dispose());

    private void Take(RowGroup group)
    {
        _groups.Add(group);
        _byQuery.Add(group.Query, group);
    }
}
