using Grap.Bolt;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Puts a writer's transaction together. Every one begins with the writer's number, which is how a copy says
/// what is in it.</summary>
internal sealed class StepBuilder
{
    private readonly List<BoltQuery> _queries = [];
    private readonly List<Action<WriterState>> _changes = [];

    public StepBuilder(int writer, long number)
    {
        (Writer, Number) = (writer, number);
        Run("MATCH (w:Writer { writer: $writer }) SET w.number = $n");
    }

    public int Writer { get; }

    public long Number { get; }

    /// <summary>Adds a query, which may use <c>$writer</c> and <c>$n</c>, the transaction's number.</summary>
    public void Run(string text, params (string Name, object? Value)[] parameters) => _queries.Add(
        BoltQuery.Create(text, [("writer", (long)Writer), ("n", Number), .. parameters])
            with { Mode = BoltAccessMode.Write });

    /// <summary>Adds what the queries make of the state.</summary>
    public void Then(Action<WriterState> change) => _changes.Add(change);

    public Step Build() => new(Number, _queries, state => _changes.ForEach(change => change(state)));
}
