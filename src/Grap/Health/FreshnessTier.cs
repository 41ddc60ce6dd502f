using System.Globalization;
using Grap.Backups;

namespace Grap.Health;

/// <summary>There is a recent backup and a recent proven one, and the newest has the size of those before it.</summary>
internal sealed class FreshnessTier(HealthOptions options, BackupShelf shelf, TimeProvider time)
{
    private const int Compared = 7;

    private readonly List<string> _failures = [];
    private readonly List<string> _warnings = [];

    /// <summary>What was found, in numbers; null before <see cref="Check"/> and where there is no repository.</summary>
    public BackupFreshness? Freshness { get; private set; }

    public TierFinding Check()
    {
        if (shelf.Repository is null || !shelf.Exists)
            return TierFinding.Skip(shelf.Repository is null
                ? "Not checked: no repository was given"
                : $"Not checked: there is no repository at {shelf.Repository}");
        var freshness = Freshness = Measure();
        CheckAge(freshness);
        CheckNewest();
        if (freshness.FailuresSince > 0)
            _warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"{freshness.FailuresSince} attempts to take a backup have failed since the last good one"));
        if (freshness.SizeRatio is { } ratio && Math.Abs(ratio - 1) > options.MaxSizeChange)
            _warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"Backup '{freshness.LastBackup!.Id}' has {ratio:P0} of the content of those before it"));
        return TierFinding.Of(Summary(freshness), _failures, _warnings);
    }

    private BackupFreshness Measure()
    {
        var good = shelf.Good.ToList();
        var proven = good.Find(static backup => backup.VerifiedLevel != VerificationLevel.None);
        var restored = good.Find(static backup => backup.VerifiedLevel == VerificationLevel.Restore);
        return new BackupFreshness
        {
            LastBackup = good.FirstOrDefault(),
            LastBackupAge = Age(good.FirstOrDefault()),
            LastProven = proven,
            LastProvenAge = Age(proven),
            LastRestored = restored,
            LastRestoredAge = Age(restored),
            FailuresSince = shelf.FailuresSince,
            SizeRatio = SizeRatio(good),
        };
    }

    private TimeSpan? Age(Backup? backup) => backup is null ? null : time.GetUtcNow() - backup.CreatedAt;

    private void CheckAge(BackupFreshness freshness)
    {
        if (freshness.LastBackup is null)
        {
            _failures.Add(shelf.Database is null
                ? "There is no good backup" : $"There is no good backup of database {shelf.Database}");
            return;
        }
        if (freshness.LastBackupAge > options.MaxBackupAge)
            _failures.Add($"The last good backup, '{freshness.LastBackup.Id}', is "
                + $"{Words(freshness.LastBackupAge.Value)} old; {Words(options.MaxBackupAge)} are allowed");
        else if (freshness.LastBackupAge < TimeSpan.FromMinutes(-10))
            _warnings.Add(
                $"The last good backup, '{freshness.LastBackup.Id}', was taken in the future: a clock is wrong");
        if (freshness.LastProven is null)
            _warnings.Add("No good backup was proven");
        else if (freshness.LastProvenAge > options.MaxProofAge)
            _warnings.Add($"The last proven backup, '{freshness.LastProven.Id}', is "
                + $"{Words(freshness.LastProvenAge.Value)} old; {Words(options.MaxProofAge)} are allowed");
    }

    private void CheckNewest()
    {
        if (shelf.Backups is [{ Status: BackupStatus.Damaged } newest, ..])
            _failures.Add($"The newest backup, '{newest.Id}', is damaged: {newest.Problem}");
    }

    // A graph that shrank by half over night was more likely emptied than cleaned up.
    private static double? SizeRatio(List<Backup> good)
    {
        if (good is not [var newest, ..])
            return null;
        var before = good.Skip(1).Where(backup => backup.Method == newest.Method).Take(Compared)
            .Select(static backup => backup.RawBytes).Order().ToList();
        return before.Count > 0 && before[before.Count / 2] > 0
            ? (double)newest.RawBytes / before[before.Count / 2]
            : null;
    }

    private static string Summary(BackupFreshness freshness) => freshness.LastBackup is null
        ? ""
        : $"Last backup '{freshness.LastBackup.Id}' is {Words(freshness.LastBackupAge!.Value)} old, last proven "
            + $"'{freshness.LastProven?.Id}' ({freshness.LastProven?.VerifiedLevel}) "
            + Words(freshness.LastProvenAge ?? default);

    private static string Words(TimeSpan age) => age switch
    {
        { TotalHours: < 1 } =>
            string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalMinutes):0} minutes"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days"),
    };
}
