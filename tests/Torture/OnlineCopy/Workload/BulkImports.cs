namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Imports of many elements in one transaction, each deleted again by the next in one transaction.</summary>
internal sealed class BulkImports(int seed, int nodes) : IScript
{
    private const int LongestRestMilliseconds = 3000;

    public TimeSpan RestBefore(long number) => TimeSpan.FromMilliseconds(
        Dice.For(seed, -1, number).Next(LongestRestMilliseconds));

    public Step Next(WriterState state)
    {
        var step = new StepBuilder(state.Writer, state.Number + 1);
        if (state.Batches.Count == 0)
        {
            step.Run(
                """
                CREATE (b:Batch { batch: $n, nodes: $nodes })
                WITH b UNWIND range(1, $nodes) AS number
                CREATE (b)-[:HOLDS { number: number }]->(:Bulk { batch: $n, number: number, text: 'bulk ' + number })
                """, ("nodes", (long)nodes));
            step.Then(next => next.Batches.Add(step.Number));
        }
        else
        {
            step.Run("MATCH (b:Batch)-[h:HOLDS]->(n:Bulk) DELETE h, n");
            step.Run("MATCH (b:Batch) DELETE b");
            step.Then(static next => next.Batches.Clear());
        }
        return step.Build();
    }
}
