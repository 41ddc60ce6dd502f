using System.Diagnostics;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.States;

namespace Grap.Bench;

/// <summary>Promoting a backup from which production differs in a thousand elements, and undoing that.</summary>
internal static class ApplyBench
{
    // A thousand in all: nodes changed, nodes and relationships deleted and created.
    private static readonly string[] s_changes =
    [
        "MATCH (n:Person) WITH n ORDER BY id(n) LIMIT 500 SET n.rank = -1",
        "MATCH (n:Thing) WITH n ORDER BY id(n) LIMIT 100 CREATE (n)-[:BENCH]->(:Bench {name: n.name})",
        "MATCH (n:Place)-[r]-() WITH DISTINCT r ORDER BY id(r) LIMIT 300 DELETE r",
    ];

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        var wanted = await bed.TakeAsync(
            new BackupOptions { Method = BackupMethod.Bolt, Id = "wanted" }, cancellation, keep: true);
        foreach (var change in s_changes)
            await WriteAsync(bed, change, cancellation);
        using (var held = new RecoveryBook(bed.Repository).Begin(
            wanted, [], Path.Combine(bed.Repository.Path, "staging"), cancellation))
        {
            held.MoveTo(RecoveryState.Validation);
            held.MoveTo(RecoveryState.RecoverySuccess);
        }
        var promoter = new Promoter(
            bed.Repository, [new ApplyStrategy(bed.Repository, bed.Session, new ApplyOptions())]);
        for (var round = 0; round < scale.Rounds; round++)
        {
            await TellAsync("promoted", bed, clock => promoter.PromoteAsync(
                bed.Session.Database, PromotionStrategy.Apply, clock, cancellation));
            await TellAsync("undone", bed, clock => promoter.UndoAsync(bed.Session.Database, clock, cancellation));
        }
    }

    private static async Task TellAsync(string what, Bed bed, Func<StepClock, Task<PromotionResult>> promote)
    {
        var clock = new StepClock();
        PromotionResult? result = null;
        var verifiedFor = 0.0;
        var cost = await Cost.OfAsync(bed.Server.ProcessId, async () =>
        {
            result = await promote(clock);
            verifiedFor = clock.SinceLast("Verify");
        });
        if (result is not { Atomic: true, Equal: true })
            throw new InvalidOperationException($"Atomic {result!.Atomic}, equal {result.Equal}.");
        Report.Line($"{what}: nodes {result.Nodes}, relationships {result.Relationships}");
        Report.Way($"{what}, in all", cost, bed.Elements, "elements");
        Report.Figure("  safety backup", clock.Between("Safety", "Compare"), "s");
        Report.Figure("  difference", clock.Between("Compare", clock.First), "s");
        Report.Figure("  applied", clock.Between(clock.First, "Written"), "s", "below 5");
        Report.Figure("  compared afterwards", verifiedFor, "s");
    }

    private static async Task WriteAsync(Bed bed, string text, CancellationToken cancellation)
    {
        await using var connection = await bed.Session.ConnectAsync(BoltAccessMode.Write, cancellation);
        await using var cursor = await connection.RunAsync(
            new BoltQuery(text) { Mode = BoltAccessMode.Write }, cancellation);
        while (await cursor.ReadAsync(cancellation))
        {
            // Nothing comes back.
        }
    }

    /// <summary>When each step was first told.</summary>
    private sealed class StepClock : IProgress<WorkProgress>
    {
        private static readonly string[] s_other = ["Names", "Safety", "Compare", "Written", "Verify"];

        private readonly List<(string Step, long At)> _steps = [];

        public string First => _steps.First(step => !s_other.Contains(step.Step)).Step;

        public void Report(WorkProgress value)
        {
            lock (_steps)
            {
                if (value.Status.All(char.IsAsciiLetter) && !_steps.Exists(step => step.Step == value.Status))
                    _steps.Add((value.Status, Stopwatch.GetTimestamp()));
            }
        }

        public double Between(string from, string to) => Stopwatch.GetElapsedTime(At(from), At(to)).TotalSeconds;

        public double SinceLast(string from) => Stopwatch.GetElapsedTime(At(from)).TotalSeconds;

        private long At(string name) => _steps.First(step => step.Step == name).At;
    }
}
