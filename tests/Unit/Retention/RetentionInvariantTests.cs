using CsCheck;
using Grap.Backups;
using Grap.Retention;
using Xunit;
using static Grap.Tests.Unit.Retention.BackupHistory;

namespace Grap.Tests.Unit.Retention;

/// <summary>What holds for any history, any policy and any clock.</summary>
public sealed class RetentionInvariantTests
{
    private static readonly Gen<Backup> s_backup =
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 23], Gen.Int[0, 9], Gen.Enum<VerificationLevel>(), Gen.Int[0, 19], Gen.Int[0, 99],
            static (days, hours, status, level, pinned, trashed) => Taken(days + (hours / 24.0)) with
            {
                Status = status switch
                {
                    0 => BackupStatus.Damaged,
                    1 => BackupStatus.Unsupported,
                    _ => BackupStatus.Available,
                },
                VerifiedLevel = level,
                Protected = pinned == 0,
                TrashedAt = trashed < 30 ? Now - TimeSpan.FromDays(Math.Min(days, trashed)) : null,
            });

    private static readonly Gen<List<Backup>> s_history = s_backup.List[0, 60]
        .Select(static backups => backups.Select(static (backup, i) => backup with { Id = $"b{i}" }).ToList());

    private static readonly Gen<RetentionPolicy> s_policy =
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 3],
            static (days, last, daily, weekly, monthly, floor) => new RetentionPolicy
            {
                Days = days, Last = last, Daily = daily, Weekly = weekly, Monthly = monthly, Floor = floor,
            });

    private static readonly Gen<RetentionFacts> s_facts = Gen.Int[-100, 1000]
        .Select(static days => new RetentionFacts(Now + TimeSpan.FromDays(days)));

    [Fact]
    public void Every_backup_is_decided_once() => Check(static (backups, _, _, plan) =>
        Assert.Equal(
            backups.Select(static backup => backup.Id).Order(StringComparer.Ordinal),
            plan.Decisions.Select(static decision => decision.Backup.Id).Order(StringComparer.Ordinal)));

    [Fact]
    public void What_goes_is_neither_pinned_nor_the_newest_nor_the_strongest_proof() =>
        Check(static (backups, _, _, plan) =>
        {
            var good = Good(backups);
            var newest = good.Max(static backup => (DateTimeOffset?)backup.CreatedAt);
            var strongest = good.Max(static backup => (VerificationLevel?)backup.VerifiedLevel);
            var removed = Removed(plan);
            Assert.DoesNotContain(removed, static backup => backup.Protected);
            Assert.DoesNotContain(removed, static backup => backup.Status == BackupStatus.Unsupported);
            Assert.True(newest is null || good.Except(removed).Any(backup => backup.CreatedAt == newest));
            Assert.True(strongest is null || good.Except(removed).Any(backup => backup.VerifiedLevel == strongest));
        });

    [Fact]
    public void Good_backups_never_fall_below_the_floor() => Check(static (backups, policy, _, plan) =>
    {
        var good = Good(backups);
        var left = good.Except(Removed(plan)).Count();
        Assert.True(left >= Math.Min(good.Count, policy.Floor));
    });

    [Fact]
    public void A_plan_that_was_carried_out_removes_nothing_more() => Check(static (backups, policy, facts, plan) =>
    {
        var gone = plan.Decisions.Where(static decision => decision.Action == RetentionAction.Purge)
            .Select(static decision => decision.Backup);
        var left = backups.Except(gone).Except(Removed(plan))
            .Concat(Removed(plan).Select(backup => backup with { TrashedAt = facts.Now })).ToList();
        var again = RetentionPlan.Make(left, policy, facts);
        Assert.Empty(Removed(again));
        Assert.DoesNotContain(again.Decisions, static decision => decision.Action == RetentionAction.Purge);
    });

    [Fact]
    public void What_is_purged_had_its_grace_and_is_surpassed_by_something_outside_of_the_trash() =>
        Check(static (backups, policy, facts, plan) =>
        {
            var good = Good(backups);
            foreach (var purged in plan.Decisions.Where(static decision => decision.Action == RetentionAction.Purge)
                .Select(static decision => decision.Backup))
            {
                Assert.True(facts.Now - purged.TrashedAt >= policy.Grace);
                Assert.False(purged.Protected);
                Assert.Empty(plan.Halted);
                Assert.True(purged.Status != BackupStatus.Available
                    || good.Exists(backup => backup.VerifiedLevel >= purged.VerifiedLevel));
                Assert.True(purged.Status != BackupStatus.Available
                    || good.Exists(backup => backup.CreatedAt > purged.TrashedAt));
            }
        });

    [Fact]
    public void Only_what_is_in_the_trash_is_purged_and_nothing_there_is_removed_again() =>
        Check(static (_, _, _, plan) => Assert.All(plan.Decisions, static decision => Assert.NotEqual(
            decision.Backup.TrashedAt is null ? RetentionAction.Purge : RetentionAction.Remove, decision.Action)));

    [Fact]
    public void A_stricter_policy_never_keeps_more() => Check(static (backups, policy, facts, plan) =>
    {
        var generous = policy with { Days = policy.Days + 30, Daily = policy.Daily + 3, Last = policy.Last + 2 };
        if (policy.HasRules && RetentionPlan.Make(backups, generous, facts).Halted.Count == plan.Halted.Count)
            Assert.Empty(Removed(RetentionPlan.Make(backups, generous, facts)).Except(Removed(plan)));
    });

    [Fact]
    public void A_year_of_days_with_any_failures_leaves_a_good_backup_of_every_month()
    {
        var policy = new RetentionPolicy { Daily = 7, Weekly = 4, Monthly = 12, Floor = 2 };
        Gen.Bool.Array[365].Sample(works =>
        {
            var kept = new List<Backup>();
            for (var day = 0; day < works.Length; day++)
            {
                var now = Now + TimeSpan.FromDays(day);
                if (works[day])
                    kept.Add(Taken(-day, $"day-{day:000}"));
                var facts = new RetentionFacts(now)
                {
                    FailuresSinceSuccess = new Dictionary<string, int>(StringComparer.Ordinal)
                    {
                        ["neo4j"] = works[day] ? 0 : 1,
                    },
                };
                kept = [.. kept.Except(Removed(RetentionPlan.Make(kept, policy, facts)))];
            }
            var months = Enumerable.Range(0, works.Length).Where(day => works[day])
                .Select(static day => Month(Now + TimeSpan.FromDays(day))).Distinct().TakeLast(12);
            Assert.Subset(kept.Select(static backup => Month(backup.CreatedAt)).ToHashSet(), months.ToHashSet());
        }, iter: 20);
    }

    [Fact]
    public void A_year_with_clock_jumps_never_leaves_less_than_the_floor_nor_loses_the_last_proof()
    {
        var policy = new RetentionPolicy { Days = 14, Weekly = 4, Floor = 3 };
        // What happens on a day: 0 and 1 nothing good; 2 the clock runs a month ahead; 3 a month behind; else a backup, every
        // eighth of them proven.
        Gen.Int[0, 15].Array[200].Sample(days =>
        {
            List<Backup> all = [];
            var (failures, everGood) = (0, 0);
            for (var day = 0; day < days.Length; day++)
            {
                var now = Now + TimeSpan.FromDays(day) + days[day] switch
                {
                    2 => TimeSpan.FromDays(30),
                    3 => TimeSpan.FromDays(-30),
                    _ => TimeSpan.Zero,
                };
                failures = days[day] < 2 ? failures + 1 : 0;
                if (days[day] > 1)
                {
                    all.Add(Taken(0, $"day-{day:000}") with
                    {
                        CreatedAt = now,
                        VerifiedLevel = days[day] % 8 == 0 ? VerificationLevel.Restore : VerificationLevel.None,
                    });
                    everGood++;
                }
                var plan = RetentionPlan.Make(all, policy, new RetentionFacts(now)
                {
                    FailuresSinceSuccess = new Dictionary<string, int>(StringComparer.Ordinal) { ["neo4j"] = failures },
                });
                var proven = all.Exists(static backup => backup.VerifiedLevel == VerificationLevel.Restore);
                all =
                [
                    .. plan.Decisions.Where(static decision => decision.Action != RetentionAction.Purge)
                        .Select(decision => decision.Action == RetentionAction.Remove
                            ? decision.Backup with { TrashedAt = now }
                            : decision.Backup),
                ];
                var good = Good(all);
                Assert.True(good.Count >= Math.Min(3, everGood));
                Assert.Equal(proven, good.Exists(static backup => backup.VerifiedLevel == VerificationLevel.Restore));
            }
        }, iter: 50);
    }

    private static List<Backup> Good(List<Backup> backups) =>
        [.. backups.Where(static backup => backup is { Status: BackupStatus.Available, TrashedAt: null })];

    private static (int Year, int Month) Month(DateTimeOffset at) => (at.Year, at.Month);

    private static List<Backup> Removed(RetentionPlan plan) =>
        [.. plan.Decisions.Where(static decision => decision.Action == RetentionAction.Remove)
            .Select(static decision => decision.Backup)];

    private static void Check(Action<List<Backup>, RetentionPolicy, RetentionFacts, RetentionPlan> holds) =>
        Gen.Select(s_history, s_policy, s_facts).Sample((backups, policy, facts) =>
            holds(backups, policy, facts, RetentionPlan.Make(backups, policy, facts)));
}
