using Grap.Bolt;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>All writers of one database, and what they have written down.</summary>
internal sealed class WritingCrew : IDisposable
{
    private readonly int _seed;
    private readonly Writer[] _writers;
    private CancellationTokenSource? _stop;
    private Task _work = Task.CompletedTask;

    public WritingCrew(WorkloadSize size, int seed, string ledger)
    {
        (Size, _seed) = (size, seed);
        Ledger = new Ledger(ledger, size.Writers + 2);
        _writers =
        [
            .. Enumerable.Range(0, GraphWriters).Select(id => new GraphWriter(id, ScriptOf(id), Ledger)),
            new SchemaWriter(SchemaWriter, new SchemaChanges(seed), Ledger),
        ];
    }

    /// <summary>How much they write.</summary>
    public WorkloadSize Size { get; }

    /// <summary>What they sent, and what was acknowledged.</summary>
    public Ledger Ledger { get; }

    /// <summary>Those that change the graph: numbers from 0. The last of them imports in bulk.</summary>
    public int GraphWriters => Size.Writers + 1;

    /// <summary>The number of the one that imports in bulk.</summary>
    public int BulkWriter => Size.Writers;

    /// <summary>The number of the one that changes the schema.</summary>
    public int SchemaWriter => Size.Writers + 1;

    /// <summary>Lets them write, until they are stopped or the server is gone.</summary>
    public void Start(BoltDriver driver)
    {
        _stop = new CancellationTokenSource();
        _work = Task.WhenAll(_writers.Select(writer => Task.Run(() => writer.WriteAsync(driver, _stop.Token))));
    }

    /// <summary>Returns when each has ended its transaction. Throws what one of them failed with.</summary>
    public async Task StopAsync()
    {
        if (_stop is null)
            return;
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
        _stop = null;
        Ledger.Flush();
    }

    /// <summary>What a writer's first transactions make of the graph.</summary>
    public WriterState Foretell(int writer, long number)
    {
        var script = ScriptOf(writer);
        var state = new WriterState(writer);
        while (state.Number < number)
            state.Apply(script.Next(state));
        return state;
    }

    public void Dispose()
    {
        _stop?.Dispose();
        Ledger.Dispose();
    }

    private IScript ScriptOf(int writer) => writer == BulkWriter
        ? new BulkImports(_seed, Size.BulkNodes)
        : new SmallChanges(_seed, Size.Ballast, Size.Writers);
}
