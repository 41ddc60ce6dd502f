using System.Text.Json;
using System.Text.RegularExpressions;
using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Metrics;

namespace Grap.Tests.Integration.Operations;

/// <summary>Each file in <c>deploy</c> is read by the program that it is for.</summary>
public sealed partial class DeploymentTests : IDisposable
{
    private static readonly NodePackage s_readers = new(
        Path.Combine("Operations", "JavaScript"), "What reads the files for Kubernetes and GitHub");

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-deploy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_healthy_week_fires_no_alert_and_each_fault_those_that_are_named()
    {
        var rules = Path.Combine(Tool.Deploy, "prometheus");
        await Tool.RunAsync("prometheus", "promtool", ["check", "rules", "grap.rules.yml"], folder: rules);
        await Tool.RunAsync("prometheus", "promtool", ["test", "rules", "grap.test.yml"], folder: rules, minutes: 5);
    }

    [Fact]
    public async Task The_tests_of_the_alerts_can_fail()
    {
        var rules = Path.Combine(Tool.Deploy, "prometheus");
        File.Copy(Path.Combine(rules, "grap.test.yml"), Path.Combine(_folder, "grap.test.yml"));
        await ChangeAsync(Path.Combine(rules, "grap.rules.yml"), "26 * 3600", "20 * 3600");
        await Tool.RunAsync("prometheus", "promtool", ["test", "rules", "grap.test.yml"], folder: _folder, exitCode: 1, minutes: 5);
    }

    [Fact]
    public void Each_test_of_an_alert_has_all_series_that_there_are()
    {
        var tests = File.ReadAllText(Path.Combine(Tool.Deploy, "prometheus", "grap.test.yml")).Split("  - name: ")[1..];
        var healthy = Series().Matches(tests[0]).Select(static match => (
            Alias: $"*{match.Groups["alias"].Value}", Selector: $"'{match.Groups["selector"].Value}'")).ToList();
        Assert.Equal(
            MetricNames().Matches(Metrics()).Select(static match => match.Value).Order(StringComparer.Ordinal).Distinct(),
            healthy.SelectMany(static one => MetricNames().Matches(one.Selector[..one.Selector.IndexOf('{', StringComparison.Ordinal)]))
                .Select(static match => match.Value).Order(StringComparer.Ordinal).Distinct());
        Assert.Equal(
            [
                "no metrics at all", "one of two hosts writes no metrics any more",
                "a repository in which no backup ever came to be", "nothing was ever proven by restoring",
            ],
            tests[1..].Where(test =>
            {
                var words = test.Split([' ', ',', '\n']).ToHashSet(StringComparer.Ordinal);
                return !healthy.All(one => words.Contains(one.Alias) || test.Contains(one.Selector, StringComparison.Ordinal));
            }).Select(static test => test[..test.IndexOf('\n', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Prometheus_reads_the_metrics_and_has_nothing_to_say_about_them() =>
        await Tool.RunAsync("prometheus", "promtool", ["check", "metrics"], input: Metrics());

    [Fact]
    public void Rules_and_dashboard_name_only_metrics_that_there_are()
    {
        var written = MetricNames().Matches(Metrics()).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);
        string[] files = [Path.Combine("prometheus", "grap.rules.yml"), Path.Combine("grafana", "grap.json")];
        foreach (var file in files)
        {
            var text = File.ReadAllText(Path.Combine(Tool.Deploy, file));
            Assert.All(MetricNames().Matches(text), match => Assert.Contains(match.Value, written));
        }
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Tool.Deploy, files[1])));
        Assert.NotEmpty(dashboard.RootElement.GetProperty("panels").EnumerateArray());
    }

    [Fact]
    public async Task Compose_reads_its_file_with_the_example_settings()
    {
        foreach (var file in new[] { "docker-compose.yml", "Dockerfile" })
            File.Copy(Path.Combine(Tool.Deploy, file), Path.Combine(_folder, file));
        File.Copy(Path.Combine(Tool.Deploy, ".env.example"), Path.Combine(_folder, ".env"));
        var configuration = await Tool.RunAsync("docker-compose", "docker-compose", ["config"], folder: _folder);
        foreach (var name in new[] { "grap-neo4j", "grap-mcp", "grap-backup-scheduler", "grap-neo4j-data", "grap-backups" })
            Assert.Contains(name, configuration, StringComparison.Ordinal);
        Assert.Contains("BACKUP_SCHEDULE: 0 2 * * *", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_has_nothing_to_say_about_the_units()
    {
        // It looks for the program too, which need not be here.
        var service = await ChangeAsync(
            Path.Combine(Tool.Deploy, "systemd", "grap-backup.service"), "/usr/bin/pwsh", "/bin/true");
        var timer = Path.Combine(_folder, "grap-backup.timer");
        File.Copy(Path.Combine(Tool.Deploy, "systemd", "grap-backup.timer"), timer);
        var said = await Tool.RunAsync("systemd", "systemd-analyze", ["verify", service, timer]);
        Assert.DoesNotContain("grap-backup", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_of_Kubernetes_has_all_that_the_cron_job_says()
    {
        var manifest = Path.Combine(Tool.Deploy, "kubernetes", "cronjob.yml");
        Assert.Equal("", await FindAsync("manifest.js", manifest));
        Assert.Contains("/spec/timezone is not known", await FindAsync(
            "manifest.js", await ChangeAsync(manifest, "timeZone: Etc/UTC", "timezone: Etc/UTC")), StringComparison.Ordinal);
        Assert.Contains("runAsNonRoot type", await FindAsync(
            "manifest.js", await ChangeAsync(manifest, "runAsNonRoot: true", "runAsNonRoot: 1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actionlint_has_nothing_to_say_about_the_workflow()
    {
        var workflow = Path.Combine(Tool.Deploy, "..", ".github", "workflows", "ci.yml");
        Assert.Equal("", await FindAsync("workflow.js", workflow));
        Assert.Contains("needs", await FindAsync(
            "workflow.js", await ChangeAsync(workflow, "needs: build", "needs: nothing")), StringComparison.Ordinal);
    }

    private static async Task<string> FindAsync(string script, string file)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var node = await s_readers.StartAsync(cancellation, script, file);
        node.StandardInput.Close();
        var (found, complaints) = (
            node.StandardOutput.ReadToEndAsync(cancellation), node.StandardError.ReadToEndAsync(cancellation));
        await node.WaitForExitAsync(cancellation);
        Assert.Equal("", await complaints);
        Assert.Equal((await found).Length == 0 ? 0 : 1, node.ExitCode);
        return await found;
    }

    // A copy in which some words are others; they must have been there.
    private async Task<string> ChangeAsync(string file, string words, string others)
    {
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains(words, text, StringComparison.Ordinal);
        var copy = Path.Combine(_folder, Path.GetFileName(file));
        await File.WriteAllTextAsync(
            copy, text.Replace(words, others, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        return copy;
    }

    // Everything that there is, in a state in which every family has a sample.
    private static string Metrics()
    {
        var now = DateTimeOffset.UtcNow;
        return MetricText.Write(new MetricFacts
        {
            Repository = "/backups",
            Reachable = true,
            JournalIntact = true,
            FreeBytes = 5_000_000_000,
            Backups =
            [
                new Backup
                {
                    Id = "a", Repository = "/backups", Path = "/backups/a.grap", Database = "neo4j", CreatedAt = now,
                    VerifiedLevel = VerificationLevel.Restore, VerifiedAt = now,
                },
            ],
            Runs =
            [
                new JobRun
                {
                    Name = "backup", Run = "a", StartedAt = now, EndedAt = now, Outcome = BackupJobOutcome.Succeeded,
                    Steps = [new JobStep(JobStepName.Retention, JobStepResult.Succeeded, TimeSpan.FromSeconds(1), "")],
                },
            ],
            Health = new HealthReport
            {
                Timestamp = now, Address = "bolt://localhost", Duration = TimeSpan.Zero,
                Checks =
                [
                    new HealthTier
                    {
                        Name = HealthTier.Connectivity, Status = TierStatus.Pass, Message = "", Duration = TimeSpan.Zero,
                        Limit = TimeSpan.Zero,
                    },
                ],
            },
        });
    }

    [GeneratedRegex("grap_[a-z_]+", RegexOptions.None, 1000)]
    private static partial Regex MetricNames();

    [GeneratedRegex(@"- &(?<alias>[a-z_]+)\n +series: '(?<selector>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Series();
}
