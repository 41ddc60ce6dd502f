namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>What one writer's transactions have made of the graph, up to a number of them: kept by the writer while it
/// writes, and made again from nothing by the inspection of a copy.</summary>
internal sealed class WriterState(int writer)
{
    /// <summary>The writer.</summary>
    public int Writer { get; } = writer;

    /// <summary>How many transactions are in it.</summary>
    public long Number { get; private set; }

    /// <summary>Its items by slot; null where there is none now.</summary>
    public Item?[] Items { get; } = new Item?[WorkloadSize.Items];

    /// <summary>What it moved into each account, below zero for out of it; at the account's number.</summary>
    public long[] Moved { get; } = new long[WorkloadSize.Accounts];

    /// <summary>The first link that its chain still has.</summary>
    public long FirstLink { get; set; } = 1;

    /// <summary>The last link of its chain.</summary>
    public long LastLink { get; set; }

    /// <summary>The ballast nodes that it stamped, with the transaction that did last.</summary>
    public Dictionary<int, long> Stamps { get; } = [];

    /// <summary>Its bulk imports that were not deleted again.</summary>
    public HashSet<long> Batches { get; } = [];

    /// <summary>Goes on by one transaction.</summary>
    public void Apply(Step step)
    {
        if (step.Number != Number + 1)
            throw new ArgumentException($"Transaction {step.Number} does not follow {Number}.", nameof(step));
        step.Change(this);
        Number = step.Number;
    }
}
