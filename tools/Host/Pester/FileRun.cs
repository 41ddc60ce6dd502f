using System.Diagnostics;
using System.Management.Automation;

namespace Grap.Host.Pester;

/// <summary>Discovers one test file and runs what it found.</summary>
internal sealed class FileRun(string file, PSCmdlet cmdlet, PesterSession session, TestReport report, string? filter)
{
    private readonly Scopes _scopes = new(cmdlet);

    public void Run()
    {
        var root = new TestBlock("File", file, Parent: null, TestData.None, Skip: false);
        if (!Discover(root))
            return;
        if (!root.Tests().Any())
        {
            report.RunFailed(file, "The file has no test.");
            return;
        }

        if (!root.Tests().Any(IsSelected))
            return;
        using var drive = new TestDrive(cmdlet.SessionState);
        RunBlock(root, drive, depth: 0);
    }

    private bool Discover(TestBlock root)
    {
        session.Current = root;
        ErrorRecord? error = null;
        _scopes.Nested(() => error = _scopes.DotSource(
            ScriptBlock.Create($"& '{file.Replace("'", "''", StringComparison.Ordinal)}'"), TestData.None));
        session.Current = null;
        if (error is null)
            return true;
        report.RunFailed(file, "Discovery failed: " + Describe(error));
        return false;
    }

    private bool IsSelected(TestCase test)
    {
        if (filter is null)
            return true;
        var pattern = WildcardPattern.ContainsWildcardCharacters(filter) ? filter : $"*{filter}*";
        return new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(test.FullName);
    }

    private void RunBlock(TestBlock block, TestDrive drive, int depth)
    {
        var selected = block.Tests().Where(IsSelected).ToList();
        if (selected.Count == 0)
            return;
        if (selected.TrueForAll(test => test.IsSkipped))
        {
            report.BlockStarts(block, block.Name, depth);
            foreach (var test in selected)
                report.Add(Outcome(test, test.Name, TestStatus.Skipped, "marked -Skip", TimeSpan.Zero), depth + 1);
            return;
        }

        var kept = drive.Snapshot();
        _scopes.Nested(() =>
        {
            foreach (var outer in block.Parent is null ? [] : new[] { block })
                _scopes.SetVariables(outer.Data);
            var error = RunAll(block.BeforeAll, TestData.None);
            report.BlockStarts(block, error is null ? _scopes.Expand(block.Name) : block.Name, depth);
            if (error is not null)
                FailAll(selected, "BeforeAll failed: " + Describe(error), depth);
            else
                RunChildren(block, drive, depth);
            if (RunAll(block.AfterAll, TestData.None) is { } late)
                report.RunFailed(file, $"AfterAll of {block.Name} failed: {Describe(late)}");
        });
        drive.RemoveAllBut(kept);
    }

    private void RunChildren(TestBlock block, TestDrive drive, int depth)
    {
        foreach (var child in block.Children)
        {
            if (child is TestBlock inner)
                RunBlock(inner, drive, depth + 1);
            else if (child is TestCase test && IsSelected(test))
                report.Add(RunTest(test), depth + 1);
        }
    }

    private TestOutcome RunTest(TestCase test)
    {
        if (test.IsSkipped)
            return Outcome(test, test.Name, TestStatus.Skipped, "marked -Skip", TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        var name = test.Name;
        ErrorRecord? error = null;
        _scopes.Nested(() =>
        {
            _scopes.SetVariables(test.Data);
            error = RunAll(test.Block.Lineage().SelectMany(b => b.BeforeEach), TestData.None);
            name = _scopes.Expand(test.Name);
            error ??= _scopes.DotSource(test.Body, test.Data);
            var late = RunAll(test.Block.Lineage().Reverse().SelectMany(b => b.AfterEach), TestData.None);
            error ??= late;
        });
        return error switch
        {
            null => Outcome(test, name, TestStatus.Passed, string.Empty, clock.Elapsed),
            { Exception: TestSkippedException skip } =>
                Outcome(test, name, TestStatus.Skipped, skip.Message, clock.Elapsed),
            _ => Outcome(test, name, TestStatus.Failed, Describe(error), clock.Elapsed),
        };
    }

    private ErrorRecord? RunAll(IEnumerable<ScriptBlock> blocks, TestData data) =>
        blocks.Select(block => _scopes.DotSource(block, data)).FirstOrDefault(error => error is not null);

    private void FailAll(List<TestCase> tests, string reason, int depth)
    {
        foreach (var test in tests)
            report.Add(Outcome(test, test.Name, TestStatus.Failed, reason, TimeSpan.Zero), depth + 1);
    }

    private TestOutcome Outcome(TestCase test, string name, TestStatus status, string reason, TimeSpan duration) =>
        new(name, test.FullName, file, status, reason, duration);

    private static string Describe(ErrorRecord error)
    {
        var place = error.ScriptStackTrace?.Split('\n')
            .FirstOrDefault(line => line.Contains(".ps1", StringComparison.Ordinal));
        return place is null ? error.ToString() : $"{error}\n{place.Trim()}";
    }
}
