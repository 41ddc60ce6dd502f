using System.Globalization;
using System.Text.RegularExpressions;
using Grap.Schedules;

namespace Grap.Tests.Integration.Operations;

/// <summary>systemd itself reads what is registered with it, and comes to the same times.</summary>
public sealed partial class ScheduleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-schedules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0 2 * * *")]
    [InlineData("*/15 * * * *")]
    [InlineData("5 8-18/2 * * mon-fri")]
    [InlineData("30 4 1,15 * *")]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 * jan,jul 7")]
    public async Task Systemd_runs_a_timer_when_the_expression_says(string expression)
    {
        var cron = CronSchedule.Parse(expression);
        var units = Register(cron, "/bin/true");
        var calendar = CalendarOf(units.Timer);
        var said = await Tool.RunAsync(
            "systemd", "env", ["TZ=UTC", "systemd-analyze", "calendar", "--iterations=4", calendar]);
        var times = Times().Matches(said).Select(static match => DateTimeOffset.ParseExact(
            match.Value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).ToList();
        Assert.Equal(4, times.Count);
        Assert.Equal(cron.NextRuns(times[0].AddSeconds(-1), 4, TimeZoneInfo.Utc), times);
        Assert.InRange((times[0] - cron.Next(DateTimeOffset.UtcNow, TimeZoneInfo.Utc)!.Value).TotalMinutes, -1, 15);
    }

    [Fact]
    public async Task Systemd_has_nothing_to_say_about_what_is_registered_and_runs_the_words_as_they_were()
    {
        // Its own reading of the words can be seen without its daemon only by what it complains about.
        string[] words = ["-Command", "'it''s' \"100%\" $HOME ${x} \\ ; exit (1).ExitCode", "", "é"];
        var (service, timer) = Register(CronSchedule.Parse("0 2 * * *"), "/bin/true", words);
        var said = await Tool.RunAsync("systemd", "systemd-analyze", ["verify", service, timer]);
        Assert.DoesNotContain("grap-", said, StringComparison.Ordinal);
    }

    private (string Service, string Timer) Register(CronSchedule cron, string program, params string[] words)
    {
        new SystemdScheduler(new Obedient(), _folder, forUser: false)
            .Register(new ScheduleDefinition("nightly", cron, new ScheduledCommand(program, words)));
        return (Path.Combine(_folder, "grap-nightly.service"), Path.Combine(_folder, "grap-nightly.timer"));
    }

    private static string CalendarOf(string timer) => File.ReadAllLines(timer)
        .Single(static line => line.StartsWith("OnCalendar=", StringComparison.Ordinal))["OnCalendar=".Length..];

    [GeneratedRegex(@"(?<=(elapse|Iter\. #\d): \w{3} )\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Times();

    /// <summary>A systemctl that says yes.</summary>
    private sealed class Obedient : ICommandRunner
    {
        public CommandAnswer? Run(string program, IReadOnlyList<string> arguments, string? input = null) => new(0, "", "");
    }
}
