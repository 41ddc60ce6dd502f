namespace Grap.Recovery;

/// <summary>
/// Keeps writers of relationships out of each other's way: creating one locks both of its nodes until its transaction
/// ends, so two transactions with nodes in common wait for each other, or deadlock. Nodes are dealt into groups, a
/// batch holds relationships between two groups only, and no two transactions have a group in common.
/// </summary>
internal sealed class EndpointClaims
{
    private readonly bool[] _taken;
    private TaskCompletionSource _released = NewSignal();

    /// <summary>Makes groups for this many writers: twice as many groups, so that each finds two that are
    /// free.</summary>
    public EndpointClaims(int writers)
    {
        Groups = writers == 1 ? 1 : 2 * writers;
        _taken = new bool[Groups];
    }

    /// <summary>How many groups.</summary>
    public int Groups { get; }

    /// <summary>How many pairs of groups, each counted once and every group paired with itself too.</summary>
    public int Pairs => Groups * (Groups + 1) / 2;

    /// <summary>The number of the pair that a relationship between these nodes belongs to; the direction does not
    /// matter.</summary>
    public int PairOf(long startId, long endId)
    {
        // Ids are dealt out one by one: neighbours, which often have relationships in common, fall apart evenly.
        var (low, high) = ((int)(startId % Groups), (int)(endId % Groups));
        if (low > high)
            (low, high) = (high, low);
        return (high * (high + 1) / 2) + low;
    }

    /// <summary>Claims one of these pairs, as soon as one is free, and returns its place in the list.</summary>
    public async Task<int> ClaimAsync(IReadOnlyList<int> pairs, CancellationToken cancellation)
    {
        while (true)
        {
            Task released;
            lock (_taken)
            {
                for (var i = 0; i < pairs.Count; i++)
                {
                    var (low, high) = GroupsOf(pairs[i]);
                    if (_taken[low] || _taken[high])
                        continue;
                    _taken[low] = _taken[high] = true;
                    return i;
                }
                released = _released.Task;
            }
            await released.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a pair back.</summary>
    public void Release(int pair)
    {
        TaskCompletionSource signal;
        lock (_taken)
        {
            var (low, high) = GroupsOf(pair);
            _taken[low] = _taken[high] = false;
            signal = _released;
            _released = NewSignal();
        }
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static (int Low, int High) GroupsOf(int pair)
    {
        var high = 0;
        while ((high + 1) * (high + 2) / 2 <= pair)
            high++;
        return (pair - (high * (high + 1) / 2), high);
    }
}
