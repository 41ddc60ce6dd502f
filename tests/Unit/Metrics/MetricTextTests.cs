using System.Text.RegularExpressions;
using Grap.Backups;
using Grap.Jobs;
using Grap.Metrics;
using Grap.Tests.Unit.Retention;
using Xunit;

namespace Grap.Tests.Unit.Metrics;

public sealed partial class MetricTextTests
{
    private static readonly DateTimeOffset Now = BackupHistory.Now;

    [Fact]
    public void The_newest_good_backup_counts_and_not_a_damaged_one()
    {
        var text = MetricText.Write(Facts() with
        {
            Backups =
            [
                BackupHistory.Taken(0) with { Status = BackupStatus.Damaged, SizeBytes = 9 },
                BackupHistory.Taken(1) with { SizeBytes = 7, VerifiedLevel = VerificationLevel.Structure, VerifiedAt = Now.AddHours(-20) },
                BackupHistory.Taken(2) with { SizeBytes = 5, VerifiedLevel = VerificationLevel.Restore, VerifiedAt = Now.AddHours(-40) },
            ],
        });

        Assert.Equal(Now.AddDays(-1).ToUnixTimeSeconds(), Value(text, "grap_backup_last_success_timestamp_seconds"));
        Assert.Equal(7, Value(text, "grap_backup_last_size_bytes"));
        Assert.Equal(21, Value(text, "grap_repository_backup_bytes"));
        Assert.Equal(1, Value(text, "grap_backups", "status=\"damaged\""));
        Assert.Equal(2, Value(text, "grap_backups", "status=\"available\""));
        Assert.Equal(Now.AddHours(-40).ToUnixTimeSeconds(), Value(text, "grap_proof_last_success_timestamp_seconds", "level=\"restore\""));
        Assert.Equal(Now.AddHours(-20).ToUnixTimeSeconds(), Value(text, "grap_proof_last_success_timestamp_seconds", "level=\"checksum\""));
    }

    [Fact]
    public void A_job_that_runs_still_says_how_it_ended_before()
    {
        var text = MetricText.Write(Facts() with
        {
            Runs =
            [
                Run("a", -30, BackupJobOutcome.Succeeded),
                Run("b", -20, BackupJobOutcome.AccessDenied),
                Run("c", -10, BackupJobOutcome.Busy),
                Run("d", -1, null),
            ],
        });

        Assert.Equal(0, Value(text, "grap_job_success"));
        Assert.Equal(4, Value(text, "grap_job_exit_code"));
        Assert.Equal(1, Value(text, "grap_job_running"));
        Assert.Equal(1, Value(text, "grap_job_refused_runs"));
        Assert.Equal(Now.AddMinutes(-1).ToUnixTimeSeconds(), Value(text, "grap_job_last_start_timestamp_seconds"));
        Assert.Equal(Now.AddMinutes(-29).ToUnixTimeSeconds(), Value(text, "grap_job_last_success_timestamp_seconds"));
    }

    [Fact]
    public void An_interrupted_run_is_no_success_and_has_no_exit_code()
    {
        var text = MetricText.Write(Facts() with
        {
            Runs = [Run("a", -30, BackupJobOutcome.Succeeded), Run("b", -20, null) with { EndedAt = Now, Interrupted = true }],
        });

        Assert.Equal(0, Value(text, "grap_job_success"));
        Assert.Equal(1, Value(text, "grap_job_interrupted_runs"));
        Assert.DoesNotContain("\ngrap_job_exit_code", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_that_cannot_be_read_is_said_and_nothing_else_claimed()
    {
        var text = MetricText.Write(MetricFacts.Unreachable("/gone"));
        Assert.Equal(0, Value(text, "grap_repository_up"));
        Assert.DoesNotContain("grap_backup_", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_stay_within_their_label()
    {
        var text = MetricText.Write(new MetricFacts
        {
            Repository = "C:\\a \"b\"\n# c", Reachable = true, Backups = [BackupHistory.Taken(0, database: "x\"} 1\n")],
        });
        Assert.Contains("repository=\"C:\\\\a \\\"b\\\"\\n# c\"", text, StringComparison.Ordinal);
        Assert.All(text.TrimEnd('\n').Split('\n').Where(static line => !line.StartsWith('#')),
            static line => Assert.Matches(Sample(), line));
    }

    [Fact]
    public void No_sample_has_a_timestamp_and_each_family_stands_together()
    {
        var text = MetricText.Write(Facts() with
        {
            Backups = BackupHistory.Daily(3), Runs = [Run("a", -30, BackupJobOutcome.Succeeded)],
        });
        var families = new List<string>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            var name = line.StartsWith('#') ? line.Split(' ')[2] : line[..line.IndexOfAny(['{', ' '])];
            if (families.LastOrDefault() != name)
                families.Add(name);
            if (!line.StartsWith('#'))
                Assert.Matches(Sample(), line);
        }
        Assert.Equal(families.Distinct(), families);
    }

    [Fact]
    public void The_file_is_replaced_in_one_step_and_readable_for_all()
    {
        var folder = Directory.CreateTempSubdirectory("grap-metrics-").FullName;
        try
        {
            var file = Path.Combine(folder, "grap.prom");
            MetricFile.Write(file, "old 1\n");
            MetricFile.Write(file, "new 1\n");
            Assert.Equal("new 1\n", File.ReadAllText(file));
            Assert.Equal([file], Directory.EnumerateFiles(folder));
            if (!OperatingSystem.IsWindows())
                Assert.Equal("UserRead, UserWrite, GroupRead, OtherRead", Order(File.GetUnixFileMode(file)));
            var failure = Assert.Throws<GrapException>(() => MetricFile.Write(Path.Combine(folder, "none", "x.prom"), ""));
            Assert.Equal(GrapCondition.MetricFileFailed, failure.Condition);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static string Order(UnixFileMode mode) =>
            string.Join(", ", Enum.GetValues<UnixFileMode>().Where(one => one != UnixFileMode.None && mode.HasFlag(one)).OrderDescending());
    }

    private static MetricFacts Facts() => new() { Repository = "/backups", Reachable = true, JournalIntact = true };

    private static JobRun Run(string run, int minutes, BackupJobOutcome? outcome) => new()
    {
        Name = "backup",
        Run = run,
        StartedAt = Now.AddMinutes(minutes),
        EndedAt = outcome is null ? null : Now.AddMinutes(minutes + 1),
        Outcome = outcome,
    };

    private static double Value(string text, string name, string label = "") => double.Parse(
        Assert.Single(text.Split('\n'), line => (line.StartsWith(name + "{", StringComparison.Ordinal)
            || line.StartsWith(name + " ", StringComparison.Ordinal)) && line.Contains(label, StringComparison.Ordinal))
            .Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("""^[a-z_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? -?[0-9.E+-]+$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();
}
