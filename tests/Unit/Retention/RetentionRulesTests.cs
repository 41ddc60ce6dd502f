using Grap.Configuration;
using Grap.PowerShell;
using Grap.PowerShell.Retention;
using Grap.Retention;
using Xunit;

namespace Grap.Tests.Unit.Retention;

public class RetentionRulesTests
{
    private static readonly GrapSettings s_settings = GrapSettings.Load(
        new SettingSurroundings(null, static name => name == "BACKUP_RETENTION_DAYS" ? "45" : null, static _ => null));

    // Each number is another one: two that changed places would be seen.
    private static readonly RetentionPolicy s_policy = new()
    {
        Days = 1,
        Last = 2,
        Daily = 3,
        Weekly = 4,
        Monthly = 5,
        Yearly = 6,
        Floor = 7,
        Grace = TimeSpan.FromDays(8),
    };

    [Fact]
    public void Each_parameter_of_Invoke_GrapRetention_becomes_its_rule() => Assert.Equal(s_policy,
        new InvokeGrapRetentionCommand
        {
            Days = 1,
            Last = 2,
            Daily = 3,
            Weekly = 4,
            Monthly = 5,
            Yearly = 6,
            Minimum = 7,
            GraceDays = 8,
        }.MakePolicy(s_settings));

    [Fact]
    public void Each_parameter_of_a_job_becomes_its_rule() => Assert.Equal(s_policy,
        new InvokeGrapBackupJobCommand
        {
            KeepDays = 1,
            KeepLast = 2,
            KeepDaily = 3,
            KeepWeekly = 4,
            KeepMonthly = 5,
            KeepYearly = 6,
            Minimum = 7,
            GraceDays = 8,
        }.MakePolicy(s_settings));

    [Fact]
    public void Each_parameter_of_the_report_becomes_its_rule() => Assert.Equal(s_policy,
        new ExportGrapReportCommand
        {
            KeepDays = 1,
            KeepLast = 2,
            KeepDaily = 3,
            KeepWeekly = 4,
            KeepMonthly = 5,
            KeepYearly = 6,
            Minimum = 7,
            GraceDays = 8,
        }.MakePolicy(s_settings));

    [Fact]
    public void Without_a_rule_the_days_of_the_settings_count() => Assert.Equal(
        new RetentionPolicy { Days = 45, Floor = 3, Grace = TimeSpan.Zero },
        new InvokeGrapBackupJobCommand { Minimum = 3, GraceDays = 0 }.MakePolicy(s_settings));

    [Fact]
    public void Any_rule_takes_the_place_of_the_days_of_the_settings() => Assert.All(
        [
            new InvokeGrapBackupJobCommand { KeepLast = 1 },
            new InvokeGrapBackupJobCommand { KeepDaily = 1 },
            new InvokeGrapBackupJobCommand { KeepWeekly = 1 },
            new InvokeGrapBackupJobCommand { KeepMonthly = 1 },
            new InvokeGrapBackupJobCommand { KeepYearly = 1 },
        ],
        static job => Assert.Equal(0, job.MakePolicy(s_settings).Days));

    [Fact]
    public void What_nobody_says_is_as_it_always_was()
    {
        Assert.Equal(new RetentionPolicy { Days = 45 }, new InvokeGrapRetentionCommand().MakePolicy(s_settings));
        Assert.Equal(new RetentionPolicy { Days = 45 }, new InvokeGrapBackupJobCommand().MakePolicy(s_settings));
        Assert.Equal(new RetentionPolicy { Days = 45 }, new ExportGrapReportCommand().MakePolicy(s_settings));
    }
}
