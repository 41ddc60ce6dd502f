using CsCheck;
using Grap.Schedules;
using Xunit;

namespace Grap.Tests.Unit.Schedules;

public sealed class SystemdSchedulerTests : IDisposable
{
    private const string IsEnabled = "systemctl --user is-enabled grap-nightly.timer";
    private const string IsActive = "systemctl --user is-active grap-nightly.timer";
    private const string NeedsReload =
        "systemctl --user show --property=NeedDaemonReload grap-nightly.service grap-nightly.timer";

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-units-").FullName;
    private readonly FakeCommands _commands = new();

    private SystemdScheduler Scheduler => new(_commands, _folder, forUser: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0 2 * * *", "*-*-* 02:00:00")]
    [InlineData("*/15 * * * *", "*-*-* *:00,15,30,45:00")]
    [InlineData("* * * * *", "*-*-* *:*:00")]
    [InlineData("30 4 1,15 * *", "*-*-01,15 04:30:00")]
    [InlineData("0 0 * * mon-fri", "Mon,Tue,Wed,Thu,Fri *-*-* 00:00:00")]
    [InlineData("0 0 * jan,jul 7", "Sun *-01,07-* 00:00:00")]
    public void An_expression_becomes_a_calendar_event(string cron, string calendar) =>
        Assert.Equal(calendar, SystemdUnits.Calendar(CronSchedule.Parse(cron)));

    [Fact]
    public void A_schedule_comes_back_as_it_was_registered()
    {
        var schedule = CronSchedulerTests.Schedule("nightly", "*/20 1 * * SUN");
        Scheduler.Register(schedule);

        var found = Assert.Single(Scheduler.List());
        Assert.Equal(("nightly", SchedulerKind.Systemd, "*/20 1 * * SUN", true),
            (found.Name, found.Scheduler, found.Cron, found.Enabled));
        Assert.Equal(schedule.Command.Words, [found.Program, .. found.Arguments]);
        Assert.Contains("systemctl --user daemon-reload", _commands.Asked);
        Assert.Contains("systemctl --user enable --now grap-nightly.timer", _commands.Asked);

        Assert.True(Scheduler.Unregister("nightly"));
        Assert.Empty(Directory.EnumerateFiles(_folder));
        Assert.Contains("systemctl --user disable --now grap-nightly.timer", _commands.Asked);
        Assert.Contains("systemctl --user clean --what=state grap-nightly.timer", _commands.Asked);
        Assert.False(Scheduler.Unregister("nightly"));
    }

    [Fact]
    public void Registering_again_changes_nothing()
    {
        Scheduler.Register(CronSchedulerTests.Schedule("nightly", "0 2 * * *"));
        var asked = _commands.Asked.Count;
        var written = Directory.GetFiles(_folder).ToDictionary(static file => file, File.ReadAllText);
        foreach (var file in written.Keys)
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        Scheduler.Register(CronSchedulerTests.Schedule("nightly", "0 2 * * *"));
        Assert.Equal([IsEnabled, IsActive, NeedsReload], _commands.Asked.Skip(asked));
        Assert.Equal(2, written.Count);
        Assert.All(written.Keys, static file => Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file)));
    }

    [Theory]
    [InlineData(IsEnabled, 1, "disabled\n")]
    [InlineData(IsActive, 3, "inactive\n")]
    [InlineData(NeedsReload, 0, "NeedDaemonReload=no\n\nNeedDaemonReload=yes\n")]
    public void Registering_again_puts_right_what_is_not_in_force(string question, int exitCode, string answer)
    {
        Scheduler.Register(CronSchedulerTests.Schedule("nightly", "0 2 * * *"));
        _commands.Answers[question] = new CommandAnswer(exitCode, answer, "");
        AssertRegisters("0 2 * * *");
    }

    [Fact]
    public void Registering_again_puts_right_a_file_that_somebody_changed()
    {
        Scheduler.Register(CronSchedulerTests.Schedule("nightly", "0 2 * * *"));
        var service = Path.Combine(_folder, "grap-nightly.service");
        var text = File.ReadAllText(service);
        File.AppendAllText(service, "\n");
        AssertRegisters("0 2 * * *");
        Assert.Equal(text, File.ReadAllText(service));
        AssertRegisters("0 3 * * *");
    }

    [Fact]
    public void Time_that_passed_while_the_machine_was_off_is_made_up_for() =>
        Assert.Contains("\nPersistent=true\n", SystemdUnits.Timer(CronSchedulerTests.Schedule("a", "@daily")), StringComparison.Ordinal);

    [Fact]
    public void The_server_goes_first_where_both_want_the_same()
    {
        var unit = SystemdUnits.Service(CronSchedulerTests.Schedule("a", "@daily"));
        Assert.Contains("\nCPUWeight=20\nIOWeight=20\n", unit, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_word_comes_back_as_it_was() => Gen.String[Gen.Char[" aZ0'\"%$\\`#;|\t\né漢"], 0, 30].Array[0, 5]
        .Sample(static words =>
        {
            var unit = SystemdUnits.Service(CronSchedulerTests.Schedule("a", "@daily", ["-x", .. words]));
            Assert.Equal(["/opt/power shell/pwsh", "-x", .. words], SystemdUnits.ReadCommand(unit));
        }, iter: 2000);

    [Fact]
    public void A_systemctl_that_fails_is_told()
    {
        _commands.Answer = new CommandAnswer(1, "", "Failed to connect to bus");
        Assert.False(Scheduler.IsPresent);
        var failure = Assert.Throws<GrapException>(() => Scheduler.Register(CronSchedulerTests.Schedule("a", "@daily")));
        Assert.Equal(GrapCondition.SchedulerUnavailable, failure.Condition);
        Assert.Contains("Failed to connect to bus", failure.Message, StringComparison.Ordinal);
    }

    private void AssertRegisters(string cron)
    {
        var asked = _commands.Asked.Count;
        Scheduler.Register(CronSchedulerTests.Schedule("nightly", cron));
        Assert.Equal(
            [
                "systemctl --user daemon-reload",
                "systemctl --user enable --now grap-nightly.timer",
                "systemctl --user restart grap-nightly.timer",
            ],
            _commands.Asked.Skip(asked).TakeLast(3));
    }
}
