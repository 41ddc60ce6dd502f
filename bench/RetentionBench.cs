using Grap.Backups;
using Grap.Retention;

namespace Grap.Bench;

/// <summary>Planning over very many backups, all rules at once.</summary>
internal static class RetentionBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var backups = Enumerable.Range(0, scale.Listed).Select(i => new Backup
        {
            Id = $"backup-{i:00000}",
            Repository = "/backups",
            Path = $"/backups/backup-{i:00000}.grap",
            Database = $"database-{i % 5}",
            CreatedAt = now.AddHours(-6 * i),
            VerifiedLevel = i % 28 == 0 ? VerificationLevel.Restore : VerificationLevel.Structure,
            TrashedAt = i % 50 == 49 ? now.AddDays(-3) : null,
        }).ToList();
        var policy = new RetentionPolicy { Days = 30, Last = 20, Daily = 30, Weekly = 26, Monthly = 24, Yearly = 10, Floor = 3 };
        var cost = (await Cost.InTurnAsync(scale.Rounds, null, () => Task.Run(() =>
        {
            if (RetentionPlan.Make(backups, policy, new RetentionFacts(now)).Decisions.Count != backups.Count)
                throw new InvalidOperationException("The plan is not complete.");
        }, cancellation)))[0];
        Report.DataSet = $"[{scale.Listed} backups of 5 databases]";
        Report.Way("retention plan", cost, scale.Listed, "backups");
        Report.Figure("retention plan", cost.Seconds * 1000, "ms", "200 or less for 10,000");
    }
}
