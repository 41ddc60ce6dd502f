using System.Globalization;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>How all rounds turned out, and into how many copies what they are for did fall.</summary>
internal sealed class RoundTable
{
    private static readonly (string Title, Func<RoundReport, bool> Counts)[] s_columns =
    [
        ("copies", static _ => true),
        ("good", static round => round.Outcome == Outcome.Good),
        ("bad", static round => round.Outcome == Outcome.Bad),
        ("refused", static round => round.Outcome == Outcome.Refused),
        ("not proven", static round => round.Outcome == Outcome.Unproven),
        ("with a checkpoint inside", static round => round.Events.Checkpoints > 0),
        ("a log begun", static round => round.Events.Rotations > 0),
        ("a log deleted", static round => round.Events.Pruned > 0),
        ("a bulk transaction", static round => round.Bulk > 0),
        ("a schema change", static round => round.Schema > 0),
        ("killed", static round => round.Plan.Disturbance == Disturbance.Kill),
        ("killed and started", static round => round.Plan.Disturbance == Disturbance.KillAndStart),
        ("stopped and started", static round => round.Plan.Disturbance == Disturbance.StopAndStart),
        ("writing again inside", static round => round.CameBack),
        ("orphan index", static round => round.Orphans > 0),
    ];

    private readonly List<RoundReport> _rounds = [];

    /// <summary>Copies that are not what they must be.</summary>
    public int Bad => Count(Outcome.Bad);

    /// <summary>Copies of which it is not known what they are.</summary>
    public int Unproven => Count(Outcome.Unproven);

    public void Enter(RoundReport round) => _rounds.Add(round);

    /// <summary>Prints it, a line for each version.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine($"| version | {string.Join(" | ", s_columns.Select(static column => column.Title))} |");
        output.WriteLine("| --- |" + string.Concat(s_columns.Select(static _ => " ---: |")));
        foreach (var version in _rounds.GroupBy(static round => round.Version).OrderBy(static group => group.Key))
            Print(output, version.Key, version);
        Print(output, "**all**", _rounds);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_rounds.Count} copies: {Count(Outcome.Good)} good, {Bad} bad, {Count(Outcome.Refused)} refused, "
            + $"{Unproven} not proven."));
    }

    private int Count(Outcome outcome) => _rounds.Count(round => round.Outcome == outcome);

    private static void Print(TextWriter output, string title, IEnumerable<RoundReport> rounds)
    {
        var counts = s_columns.Select(column => rounds.Count(column.Counts).ToString(CultureInfo.InvariantCulture));
        output.WriteLine($"| {title} | {string.Join(" | ", counts)} |");
    }
}
