using System.Globalization;
using Grap.Tests.Torture.Failpoints;

namespace Grap.Tests.Torture.Crash;

/// <summary>How many kills landed where.</summary>
internal sealed class KillTable
{
    private static readonly string[] s_phases =
        ["", "open", "lock", "recover", "take", "publish", "remove", "trash", "bring back", "purge", "list", "unlock"];

    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);

    public int Kills { get; private set; }

    public int RandomKills { get; private set; }

    /// <summary>Processes that ended by themselves before they were killed.</summary>
    public int Finished { get; set; }

    /// <summary>Backups that were found complete after a kill and that nobody had acknowledged.</summary>
    public int Committed { get; set; }

    /// <summary>Backups that a next run brought back from the trash.</summary>
    public int BroughtBack { get; set; }

    /// <summary>Runs after a kill that cleaned up and were looked at.</summary>
    public int NextRuns { get; set; }

    /// <summary>Counts a process that killed itself at a failpoint.</summary>
    public void CountFailpoint(Failpoint failpoint)
    {
        Kills++;
        if (failpoint.Action == FailpointAction.KillHalfway)
            RowOf(failpoint.Step).Halfway++;
        else
            RowOf(failpoint.Step).Before++;
    }

    /// <summary>Counts a process that was killed at any moment.</summary>
    public void CountRandom(LastStep step)
    {
        Kills++;
        RandomKills++;
        if (step.Within)
            RowOf(step.Step).Within++;
        else
            RowOf(step.Step).After++;
    }

    public void Print(TextWriter output)
    {
        output.WriteLine(
            "| step | failpoint before it | failpoint halfway | random, within it | random, between it and the next |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        var sum = new Row(0);
        foreach (var (step, row) in _rows
            .OrderBy(static pair => PhaseOf(pair.Key)).ThenBy(static pair => pair.Value.Number))
        {
            Print(output, step.Length == 0 ? "(before the first)" : step, row);
            sum.Add(row);
        }
        Print(output, string.Create(CultureInfo.InvariantCulture, $"**{_rows.Count} steps**"), sum);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Kills} kills, {RandomKills} of them at random; {Finished} processes finished first. "
            + $"{Committed} new backups were found committed after a kill. {NextRuns} next runs cleaned up and brought "
            + $"{BroughtBack} back from the trash."));
    }

    private static void Print(TextWriter output, string title, Row row) =>
        output.WriteLine(
            $"| {title} | {Cell(row.Before)} | {Cell(row.Halfway)} | {Cell(row.Within)} | {Cell(row.After)} |");

    private static string Cell(int count) => count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture);

    private static int PhaseOf(string step)
    {
        var phase = Array.IndexOf(s_phases, step.Split(':')[0]);
        return phase < 0 ? s_phases.Length : phase;
    }

    private Row RowOf(string step)
    {
        if (!_rows.TryGetValue(step, out var row))
            _rows.Add(step, row = new Row(_rows.Count));
        return row;
    }

    private sealed class Row(int number)
    {
        public int Number { get; } = number;
        public int Before { get; set; }
        public int Halfway { get; set; }
        public int Within { get; set; }
        public int After { get; set; }

        public void Add(Row other)
        {
            Before += other.Before;
            Halfway += other.Halfway;
            Within += other.Within;
            After += other.After;
        }
    }
}
