using System.Globalization;
using System.Management.Automation.Host;
using Newtonsoft.Json;

namespace Grap.Host.Pester;

/// <summary>Prints the tree while tests run, and keeps the outcomes.</summary>
internal sealed class TestReport(PSHostUserInterface ui)
{
    private readonly List<TestOutcome> _outcomes = [];
    private readonly List<string> _runFailures = [];

    public bool HasFailed => _runFailures.Count > 0 || _outcomes.Exists(o => o.Status == TestStatus.Failed);

    public bool IsEmpty => _outcomes.Count == 0;

    /// <summary>
    /// Something that no single test stands for: a file that cannot be read, an operator nobody knows.
    /// </summary>
    public void RunFailed(string file, string reason)
    {
        _runFailures.Add($"{Path.GetFileName(file)}: {reason}");
        WriteLine(ConsoleColor.Red, 0, $"[-] {Path.GetFileName(file)}");
        WriteReason(reason, 1);
    }

    public void BlockStarts(TestBlock block, string name, int depth)
    {
        if (block.Parent is null)
            WriteLine(ConsoleColor.Magenta, 0, $"\nRunning {Path.GetFileName(name)}");
        else
            WriteLine(ConsoleColor.Green, depth, block.Keyword == "Describe" ? $"Describing {name}" : name);
    }

    public void Add(TestOutcome outcome, int depth)
    {
        _outcomes.Add(outcome);
        var time = outcome.Duration == TimeSpan.Zero
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $" {outcome.Duration.TotalMilliseconds:0}ms");
        switch (outcome.Status)
        {
            case TestStatus.Passed:
                WriteLine(ConsoleColor.DarkGreen, depth, $"[+] {outcome.Name}{time}");
                break;
            case TestStatus.Skipped:
                WriteLine(ConsoleColor.Yellow, depth, $"[!] {outcome.Name}, skipped: {outcome.Reason}");
                break;
            default:
                WriteLine(ConsoleColor.Red, depth, $"[-] {outcome.Name}{time}");
                WriteReason(outcome.Reason, depth + 1);
                break;
        }
    }

    public void WriteTotal() => ui.WriteLine(
        $"\nTests passed: {Count(TestStatus.Passed)}, failed: {Count(TestStatus.Failed) + _runFailures.Count}, "
        + $"skipped: {Count(TestStatus.Skipped)}");

    /// <summary>Writes the counts and everything that did not pass, for a program to read.</summary>
    public void Save(string path)
    {
        var document = new
        {
            passed = Count(TestStatus.Passed),
            failed = Count(TestStatus.Failed) + _runFailures.Count,
            skipped = Count(TestStatus.Skipped),
            failures = Entries(TestStatus.Failed).Concat(_runFailures.Select(f => new { name = f, reason = f })),
            skips = Entries(TestStatus.Skipped),
        };
        File.WriteAllText(path, JsonConvert.SerializeObject(document, Formatting.Indented));
    }

    private int Count(TestStatus status) => _outcomes.Count(o => o.Status == status);

    private IEnumerable<object> Entries(TestStatus status) => _outcomes
        .Where(o => o.Status == status)
        .Select(o => new { name = o.FullName, reason = o.Reason });

    private void WriteReason(string reason, int depth)
    {
        foreach (var line in reason.Split('\n'))
            WriteLine(ConsoleColor.Red, depth, line.TrimEnd());
    }

    private void WriteLine(ConsoleColor colour, int depth, string text) =>
        ui.WriteLine(colour, ui.RawUI.BackgroundColor, new string(' ', depth * 2) + text);
}
