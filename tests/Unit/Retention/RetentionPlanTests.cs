using Grap.Backups;
using Grap.Retention;
using Xunit;
using static Grap.Tests.Unit.Retention.BackupHistory;

namespace Grap.Tests.Unit.Retention;

public sealed class RetentionPlanTests
{
    private static readonly RetentionFacts s_facts = new(Now);

    [Theory]
    [InlineData(30, 0, 0, 0, 0, 0, 30)]
    [InlineData(0, 5, 0, 0, 0, 0, 5)]
    [InlineData(0, 0, 7, 0, 0, 0, 7)]
    [InlineData(0, 0, 0, 4, 0, 0, 4)]
    [InlineData(0, 0, 0, 0, 12, 0, 12)]
    [InlineData(0, 0, 0, 0, 0, 2, 2)]
    // Today is a Wednesday: seven days, and of the four weeks the two older Sundays.
    [InlineData(0, 0, 7, 4, 0, 0, 9)]
    // Of the twelve months this one's newest is today, and May's a Sunday that is kept already; so is December's.
    [InlineData(0, 0, 7, 4, 12, 2, 9 + 10)]
    public void Each_rule_keeps_what_it_says_of_two_years_of_days(
        int days, int last, int daily, int weekly, int monthly, int yearly, int kept)
    {
        var policy = new RetentionPolicy
        {
            Days = days, Last = last, Daily = daily, Weekly = weekly, Monthly = monthly, Yearly = yearly,
        };

        var plan = RetentionPlan.Make(Daily(730), policy, s_facts);

        Assert.Equal(kept, Kept(plan).Count);
    }

    [Fact]
    public void Weeks_begin_on_Monday_and_keep_their_newest_backup()
    {
        var plan = RetentionPlan.Make(Daily(30), new RetentionPolicy { Weekly = 3 }, s_facts);

        // Wednesday, and the two Sundays before it.
        Assert.Equal([Taken(0).Id, Taken(3).Id, Taken(10).Id], Kept(plan));
    }

    [Fact]
    public void A_day_begins_where_the_policy_says()
    {
        // 22:30 and 23:30 of one day in UTC; in Kolkata, five and a half hours ahead, both of the next.
        Backup[] backups = [Taken(0.6, "evening"), Taken(0.52, "late"), Taken(0.4, "night")];
        var kolkata = TimeZoneInfo.CreateCustomTimeZone("Kolkata", TimeSpan.FromHours(5.5), "Kolkata", "Kolkata");

        var utc = RetentionPlan.Make(backups, new RetentionPolicy { Daily = 9 }, s_facts);
        var local = RetentionPlan.Make(backups, new RetentionPolicy { Daily = 9, TimeZone = kolkata }, s_facts);

        Assert.Equal(["night", "late"], Kept(utc));
        Assert.Equal(["night"], Kept(local));
    }

    [Fact]
    public void Without_any_rule_everything_stays()
    {
        var plan = RetentionPlan.Make(Daily(1000), new RetentionPolicy(), s_facts);

        Assert.All(plan.Decisions, static decision => Assert.Equal(RetentionAction.Keep, decision.Action));
    }

    [Fact]
    public void A_pinned_backup_stays_however_old_it_is()
    {
        List<Backup> backups = [.. Daily(5), Taken(4000, "pinned") with { Protected = true }];

        Assert.Contains("pinned", Kept(RetentionPlan.Make(backups, new RetentionPolicy { Last = 1 }, s_facts)));
    }

    [Fact]
    public void A_backup_that_a_recovery_stands_on_stays()
    {
        var plan = RetentionPlan.Make([.. Daily(5), Taken(400, "restored")], new RetentionPolicy { Last = 1 }, s_facts with
        {
            InRecovery = new HashSet<string>(StringComparer.Ordinal) { "restored" },
        });

        Assert.Equal([KeepReason.Recovery], plan.Decisions.Single(static decision => decision.Id == "restored").Keeps);
    }

    [Fact]
    public void The_newest_proof_stays_and_so_does_the_newest_stronger_one()
    {
        Backup[] backups =
        [
            Taken(0, "unproven"),
            Taken(1, "checked") with { VerifiedLevel = VerificationLevel.Checksum },
            Taken(2, "checked before") with { VerifiedLevel = VerificationLevel.Checksum },
            Taken(3, "restored") with { VerifiedLevel = VerificationLevel.Restore },
            Taken(4, "restored before") with { VerifiedLevel = VerificationLevel.Restore },
        ];

        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Last = 1 }, s_facts);

        Assert.Equal(["unproven", "checked", "restored"], Kept(plan));
    }

    [Fact]
    public void A_damaged_backup_fills_no_place_of_a_good_one()
    {
        Backup[] backups =
        [
            Taken(0, "newest"), Taken(1, "broken") with { Status = BackupStatus.Damaged }, Taken(2, "second"),
        ];

        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Last = 2 }, s_facts);

        Assert.Equal(["newest", "second"], Kept(plan));
    }

    [Fact]
    public void Many_backups_of_one_database_push_out_none_of_another()
    {
        List<Backup> backups = [.. Daily(50), Taken(200, database: "other")];

        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Last = 3 }, s_facts);

        Assert.Contains(Taken(200, database: "other").Id, Kept(plan));
    }

    [Fact]
    public void Nothing_goes_while_the_newest_backup_is_damaged()
    {
        var backups = Daily(60);
        backups[0] = backups[0] with { Status = BackupStatus.Damaged };

        AssertHalted(backups, s_facts, "damaged");
    }

    [Fact]
    public void Nothing_goes_while_backups_fail() => AssertHalted(Daily(60), s_facts with
    {
        FailuresSinceSuccess = new Dictionary<string, int>(StringComparer.Ordinal) { ["neo4j"] = 2 },
    }, "2 newest attempts");

    [Fact]
    public void Nothing_goes_when_a_clock_went_back() =>
        AssertHalted(Daily(60), new RetentionFacts(Now - TimeSpan.FromDays(3)), "future");

    [Fact]
    public void Nothing_goes_when_the_journal_is_ahead_of_the_clock() =>
        AssertHalted(Daily(60), s_facts with { LastEntryAt = Now + TimeSpan.FromHours(1) }, "journal");

    [Fact]
    public void Nothing_goes_when_a_clock_jumped_ahead_by_years() =>
        AssertHalted(Daily(60), new RetentionFacts(Now + TimeSpan.FromDays(2000)), "older than the 30 days");

    [Fact]
    public void Every_decision_says_why()
    {
        var plan = RetentionPlan.Make(
            [Taken(0, "new") with { Protected = true }, Taken(90, "old"), Taken(91, "older")],
            new RetentionPolicy { Days = 30, Floor = 2 }, s_facts);

        Assert.Equal(
            [
                "new: Kept: pinned, the newest of its database, within the days to keep.",
                "old: Kept: too few good backups without it.",
                "older: No rule keeps it.",
            ],
            plan.Decisions.Select(static decision => $"{decision.Backup.Id}: {decision.Reason}"));
    }

    [Theory]
    [InlineData(8, 0, RetentionAction.Purge)]
    [InlineData(6, 0, RetentionAction.Keep)] // within its grace period
    [InlineData(8, 9, RetentionAction.Keep)] // nothing newer was taken since
    public void What_is_in_the_trash_goes_after_its_grace_once_there_is_a_newer_backup(
        int trashedDaysAgo, int newestDaysAgo, RetentionAction action)
    {
        Backup[] backups = [Taken(newestDaysAgo, "newest"), Trashed(trashedDaysAgo)];

        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Last = 1 }, s_facts);

        Assert.Equal(action, plan.Decisions.Single(static decision => decision.Id == "trashed").Action);
    }

    [Fact]
    public void The_trash_is_emptied_at_once_where_there_is_no_grace_but_not_of_the_strongest_proof()
    {
        Backup[] backups =
        [
            Taken(1, "newest"), Trashed(0),
            Trashed(0) with { Id = "proven", VerifiedLevel = VerificationLevel.Structure },
        ];

        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Last = 1, Grace = TimeSpan.Zero }, s_facts);

        Assert.Equal(RetentionAction.Purge, plan.Decisions.Single(static decision => decision.Id == "trashed").Action);
        var proven = plan.Decisions.Single(static decision => decision.Id == "proven");
        Assert.Equal(RetentionAction.Keep, proven.Action);
        Assert.Equal("In the trash since 2026-06-17: no other is proven as well.", proven.Reason);
    }

    [Fact]
    public void The_trash_fills_no_place_that_a_rule_keeps_free_and_is_not_purged_while_backups_fail()
    {
        Backup[] backups = [Taken(0, "newest"), Trashed(20), Taken(2, "second"), Taken(3, "third")];
        var failing = s_facts with
        {
            FailuresSinceSuccess = new Dictionary<string, int>(StringComparer.Ordinal) { ["neo4j"] = 1 },
        };

        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Last = 2 }, failing);

        Assert.All(plan.Decisions, static decision => Assert.Equal(RetentionAction.Keep, decision.Action));
        Assert.Equal([KeepReason.Halted], plan.Decisions.Single(static decision => decision.Id == "third").Keeps);
        Assert.Equal([KeepReason.Halted], plan.Decisions.Single(static decision => decision.Id == "trashed").Keeps);
    }

    [Fact]
    public void A_database_of_which_only_the_trash_is_left_keeps_it()
    {
        var plan = RetentionPlan.Make([Trashed(300)], new RetentionPolicy { Last = 1 }, s_facts);

        Assert.Equal(RetentionAction.Keep, Assert.Single(plan.Decisions).Action);
    }

    private static Backup Trashed(int daysAgo) =>
        Taken(50, "trashed") with { TrashedAt = Now - TimeSpan.FromDays(daysAgo) };

    private static void AssertHalted(List<Backup> backups, RetentionFacts facts, string why)
    {
        var plan = RetentionPlan.Make(backups, new RetentionPolicy { Days = 30 }, facts);

        Assert.All(plan.Decisions, static decision => Assert.Equal(RetentionAction.Keep, decision.Action));
        Assert.Contains(why, Assert.Single(plan.Halted).Value, StringComparison.Ordinal);
    }

    private static List<string> Kept(RetentionPlan plan) =>
        [.. plan.Decisions.Where(static decision => decision.Action == RetentionAction.Keep)
            .Select(static decision => decision.Backup.Id)];
}
