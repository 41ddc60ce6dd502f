using System.Diagnostics;
using CsCheck;
using Grap.Schedules;
using Xunit;

namespace Grap.Tests.Unit.Schedules;

public sealed class CronSchedulerTests
{
    private const string Others = "# mine\nMAILTO=me\n\n5 4 * * * /usr/bin/other  --with 'blanks'\n\n";

    private readonly FakeCommands _commands = new() { Table = Others };

    private CronScheduler Scheduler => new(_commands);

    [Fact]
    public void What_others_have_in_the_table_stays_byte_for_byte()
    {
        Scheduler.Register(Schedule("nightly", "0 2 * * *"));
        Assert.StartsWith(Others, _commands.Table, StringComparison.Ordinal);
        Scheduler.Register(Schedule("hourly", "@hourly"));
        Scheduler.Register(Schedule("nightly", "0 3 * * *"));
        Assert.Equal(["hourly 0 * * * *", "nightly 0 3 * * *"],
            Scheduler.List().OrderBy(static one => one.Name).Select(static one => $"{one.Name} {one.Cron}"));
        Assert.True(Scheduler.Unregister("nightly"));
        Assert.True(Scheduler.Unregister("hourly"));
        Assert.Equal(Others, _commands.Table);
        Assert.False(Scheduler.Unregister("nightly"));
    }

    [Fact]
    public void Registering_again_writes_nothing()
    {
        Scheduler.Register(Schedule("nightly", "0 2 * * *"));
        var asked = _commands.Asked.Count;
        Scheduler.Register(Schedule("nightly", "0 2 * * *"));
        Assert.Equal(["crontab -l"], _commands.Asked.Skip(asked));
    }

    [Fact]
    public void A_table_that_cannot_be_read_is_not_taken_for_an_empty_one()
    {
        _commands.Answer = new CommandAnswer(1, "", "crontab: cannot open /var/spool/cron: Permission denied");
        var failure = Assert.Throws<GrapException>(() => Scheduler.Register(Schedule("nightly", "0 2 * * *")));
        Assert.Equal(GrapCondition.SchedulerUnavailable, failure.Condition);
        Assert.Equal(Others, _commands.Table);
    }

    [Fact]
    public void A_machine_without_cron_is_told()
    {
        _commands.Exist = false;
        Assert.False(Scheduler.IsPresent);
        Assert.Equal(GrapCondition.SchedulerUnavailable, Assert.Throws<GrapException>(() => Scheduler.List()).Condition);
    }

    [Fact]
    public void The_line_below_a_mark_that_somebody_changed_stays()
    {
        _commands.Table = "# Grap backup schedule: nightly\nMAILTO=me\n";
        Assert.True(Scheduler.Unregister("nightly"));
        Assert.Equal("MAILTO=me\n", _commands.Table);
    }

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData(@"back\slash")]
    public void What_a_crontab_cannot_hold_is_refused(string word) => Assert.Equal(GrapCondition.NotSupported,
        Assert.Throws<GrapException>(() => CronLine.Write([word])).Condition);

    [Fact]
    public void A_line_that_cron_would_cut_off_is_refused() => Assert.Equal(GrapCondition.NotSupported,
        Assert.Throws<GrapException>(() => CronLine.Write([new string('x', 2000)])).Condition);

    [Fact]
    public void Any_word_comes_back_as_it_was() => Gen.String[Gen.Char[" aZ0'\"%$`!#;&|<>*?[]{}()~=,.:@/-éß漢"], 0, 30].Array[1, 6]
        .Sample(static words => Assert.Equal(words, CronLine.Read(CronLine.Write(words))), iter: 2000);

    [Fact]
    public void A_real_shell_reads_the_words_as_they_were()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Needs sh.");
        string[] words = ["/usr/bin/printf", "%s\n", "it's", "a \"b\" c", "100% $HOME `id`", "; exit 1 #", "*", "", "-x"];
        // Cron takes the backslash before a percent sign away, and no other.
        var line = CronLine.Write(words[..1].Append("[%s]").Concat(words[2..])).Replace(@"\%", "%", StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        using var shell = Process.Start(start)!;
        Assert.Equal(string.Concat(words[2..].Select(static word => $"[{word}]")), shell.StandardOutput.ReadToEnd());
    }

    internal static ScheduleDefinition Schedule(string name, string cron, params string[] arguments) => new(
        name, CronSchedule.Parse(cron), new ScheduledCommand("/opt/power shell/pwsh",
            arguments.Length > 0 ? arguments : ["-NoProfile", "-Command", "exit (Invoke-GrapBackupJob 'it''s 100%').ExitCode"]));
}
