using System.Globalization;
using Grap.Backups;

namespace Grap.Retention;

/// <summary>
/// Which backups stay and which go, with a reason for each. Made from values alone, so that it can be shown before
/// anything happens, and carried out by something else. Each database is judged by itself: many backups of one never
/// push out those of another.
/// </summary>
public sealed record RetentionPlan
{
    // Clocks of two machines that are kept by the network's time differ by far less.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>One decision for every backup, newest first.</summary>
    public required IReadOnlyList<RetentionDecision> Decisions { get; init; }

    /// <summary>Databases of which nothing is removed at present, and why, as a sentence.</summary>
    public required IReadOnlyDictionary<string, string> Halted { get; init; }

    /// <summary>Makes the plan.</summary>
    public static RetentionPlan Make(
        IEnumerable<Backup> backups, RetentionPolicy policy, RetentionFacts facts)
    {
        ArgumentNullException.ThrowIfNull(backups);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(facts);
        var halted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var decisions = new List<RetentionDecision>();
        foreach (var database in backups.GroupBy(DatabaseOf, StringComparer.Ordinal))
        {
            var newestFirst = database.Where(static backup => backup.TrashedAt is null)
                .OrderByDescending(static backup => backup.CreatedAt)
                .ThenByDescending(static backup => backup.Id, StringComparer.Ordinal).ToList();
            var why = WhyHalted(newestFirst, policy, facts, facts.FailuresSinceSuccess.GetValueOrDefault(database.Key));
            if (why is not null)
                halted.Add(database.Key, why);
            decisions.AddRange(Decide(newestFirst, policy, facts, why));
            var good = newestFirst.Where(static backup => backup.Status == BackupStatus.Available).ToList();
            decisions.AddRange(database.Where(static backup => backup.TrashedAt is not null)
                .Select(trashed => DecideTrashed(trashed, good, policy, facts.Now, why)));
        }
        return new RetentionPlan
        {
            Decisions =
            [
                .. decisions.OrderByDescending(static decision => decision.Backup.CreatedAt)
                    .ThenByDescending(static decision => decision.Backup.Id, StringComparer.Ordinal),
            ],
            Halted = halted,
        };
    }

    /// <summary>What tells databases apart: their uuid where it is known, else their name.</summary>
    public static string DatabaseOf(Backup backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        return backup.DatabaseId?.ToString() ?? backup.Database;
    }

    private static IEnumerable<RetentionDecision> Decide(
        List<Backup> newestFirst, RetentionPolicy policy, RetentionFacts facts, string? halted)
    {
        var keeps = newestFirst.ToDictionary(
            static backup => backup.Id, static _ => new List<KeepReason>(), StringComparer.Ordinal);
        // Only good backups fill a place that a rule keeps free: a damaged one must never push out a good one.
        var good = newestFirst.Where(static backup => backup.Status == BackupStatus.Available).ToList();
        KeepWhatMustStay(newestFirst, good, facts, keeps);
        KeepByRules(newestFirst, good, policy, facts.Now, keeps);
        foreach (var backup in good.Take(Math.Max(1, policy.Floor)).Where(backup => keeps[backup.Id].Count == 0))
            keeps[backup.Id].Add(KeepReason.Floor);
        foreach (var backup in newestFirst)
        {
            if (keeps[backup.Id].Count == 0 && halted is not null)
                keeps[backup.Id].Add(KeepReason.Halted);
            yield return new RetentionDecision(
                backup, keeps[backup.Id].Count > 0 ? RetentionAction.Keep : RetentionAction.Remove, keeps[backup.Id],
                RetentionReason.Tell(backup, keeps[backup.Id], halted));
        }
    }

    // The trash is the last place where a backup can be had from. So it must not only have been there for its time:
    // what is outside must be as good as it, and something must have been taken since, which also shows that the time
    // did pass.
    private static RetentionDecision DecideTrashed(
        Backup trashed, List<Backup> good, RetentionPolicy policy, DateTimeOffset now, string? halted)
    {
        var keeps = new List<KeepReason>();
        if (policy.Grace > TimeSpan.Zero && now - trashed.TrashedAt < policy.Grace)
            keeps.Add(KeepReason.Grace);
        if (trashed.Status == BackupStatus.Available)
        {
            if (policy.Grace > TimeSpan.Zero && !good.Exists(backup => backup.CreatedAt > trashed.TrashedAt))
                keeps.Add(KeepReason.NothingNewer);
            if (!good.Exists(backup => backup.VerifiedLevel >= trashed.VerifiedLevel))
                keeps.Add(KeepReason.StrongestProof);
            if (good.Count < policy.Floor)
                keeps.Add(KeepReason.Floor);
        }
        if (trashed.Protected)
            keeps.Add(KeepReason.Pinned);
        if (keeps.Count == 0 && halted is not null)
            keeps.Add(KeepReason.Halted);
        return new RetentionDecision(
            trashed, keeps.Count > 0 ? RetentionAction.Keep : RetentionAction.Purge, keeps,
            RetentionReason.TellTrashed(trashed, keeps, halted));
    }

    private static void KeepWhatMustStay(
        List<Backup> newestFirst, List<Backup> good, RetentionFacts facts, Dictionary<string, List<KeepReason>> keeps)
    {
        foreach (var backup in newestFirst)
        {
            if (backup.Protected)
                keeps[backup.Id].Add(KeepReason.Pinned);
            if (facts.InRecovery.Contains(backup.Id))
                keeps[backup.Id].Add(KeepReason.Recovery);
            if (backup.Status == BackupStatus.Unsupported)
                keeps[backup.Id].Add(KeepReason.NotUnderstood);
        }
        if (good.Count > 0)
            keeps[good[0].Id].Add(KeepReason.Newest);
        // The newest proof may be a weak one; whoever restores wants the newest strong one as well.
        var strongest = VerificationLevel.None;
        foreach (var backup in good.Where(backup => backup.VerifiedLevel > strongest))
        {
            strongest = backup.VerifiedLevel;
            keeps[backup.Id].Add(KeepReason.LastProven);
        }
    }

    private static void KeepByRules(
        List<Backup> newestFirst, List<Backup> good, RetentionPolicy policy, DateTimeOffset now,
        Dictionary<string, List<KeepReason>> keeps)
    {
        foreach (var backup in newestFirst)
        {
            if (!policy.HasRules)
                keeps[backup.Id].Add(KeepReason.NoRules);
            else if (policy.Days > 0 && now - backup.CreatedAt < TimeSpan.FromDays(policy.Days))
                keeps[backup.Id].Add(KeepReason.Days);
        }
        foreach (var backup in good.Take(policy.Last))
            keeps[backup.Id].Add(KeepReason.Last);
        KeepByPeriod(KeepReason.Daily, policy.Daily, static local => local.Date);
        KeepByPeriod(KeepReason.Weekly, policy.Weekly, static local =>
            ISOWeek.ToDateTime(ISOWeek.GetYear(local.Date), ISOWeek.GetWeekOfYear(local.Date), DayOfWeek.Monday));
        KeepByPeriod(KeepReason.Monthly, policy.Monthly, static local => new DateTime(local.Year, local.Month, 1));
        KeepByPeriod(KeepReason.Yearly, policy.Yearly, static local => new DateTime(local.Year, 1, 1));

        void KeepByPeriod(KeepReason reason, int periods, Func<DateTimeOffset, DateTime> begin)
        {
            var seen = new HashSet<DateTime>();
            foreach (var backup in good)
            {
                if (seen.Count == periods)
                    return;
                if (seen.Add(begin(TimeZoneInfo.ConvertTime(backup.CreatedAt, policy.TimeZone))))
                    keeps[backup.Id].Add(reason);
            }
        }
    }

    // Where something is wrong with what is taken now, what was taken before is all there is.
    private static string? WhyHalted(
        List<Backup> newestFirst, RetentionPolicy policy, RetentionFacts facts, int failures)
    {
        if (newestFirst is not [var newest, ..])
            return null;
        if (newest.CreatedAt > facts.Now + ClockTolerance)
            return $"Backup '{newest.Id}' was taken in the future by this machine's clock: a clock is wrong.";
        if (facts.LastEntryAt > facts.Now + ClockTolerance)
            return "The journal's newest entry is in the future by this machine's clock: a clock is wrong.";
        if (newest.Status == BackupStatus.Damaged)
            return $"The newest backup, '{newest.Id}', is damaged.";
        if (failures > 0)
            return failures == 1
                ? "The newest attempt to take a backup has failed."
                : string.Create(
                    CultureInfo.InvariantCulture, $"The {failures} newest attempts to take a backup have failed.");
        // Also what a clock does that jumps ahead by months: everything looks old at once.
        return policy.Days > 0 && facts.Now - newest.CreatedAt >= TimeSpan.FromDays(policy.Days)
            ? string.Create(CultureInfo.InvariantCulture,
                $"The newest backup, '{newest.Id}', is older than the {policy.Days} days to keep: " +
                $"none is taken any more, or a clock is wrong.")
            : null;
    }
}
