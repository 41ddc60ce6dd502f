using System.Globalization;
using Grap.Backups;

namespace Grap.Retention;

/// <summary>Says why a backup stays or goes.</summary>
internal static class RetentionReason
{
    public static string Tell(Backup backup, IReadOnlyList<KeepReason> keeps, string? halted)
    {
        if (keeps.Count == 0)
            return "No rule keeps it.";
        if (keeps[0] == KeepReason.Halted)
            return $"No rule keeps it, but nothing is removed at present. {halted}";
        return $"Kept: {string.Join(", ", keeps.Select(reason => Words(backup, reason)))}.";
    }

    public static string TellTrashed(Backup backup, IReadOnlyList<KeepReason> keeps, string? halted)
    {
        var since = string.Create(CultureInfo.InvariantCulture, $"In the trash since {backup.TrashedAt:yyyy-MM-dd}");
        if (keeps.Count == 0)
            return $"{since}: its grace period has ended.";
        if (keeps[0] == KeepReason.Halted)
            return $"{since}; nothing is removed at present. {halted}";
        return $"{since}: {string.Join(", ", keeps.Select(reason => Words(backup, reason)))}.";
    }

    private static string Words(Backup backup, KeepReason reason) => reason switch
    {
        KeepReason.Pinned => "pinned",
        KeepReason.Recovery => "a recovery stands on it",
        KeepReason.Newest => "the newest of its database",
        KeepReason.LastProven => $"the newest proven to {backup.VerifiedLevel}",
        KeepReason.Days => "within the days to keep",
        KeepReason.Last => "among the newest kept by number",
        KeepReason.Daily => "the newest of its day",
        KeepReason.Weekly => "the newest of its week",
        KeepReason.Monthly => "the newest of its month",
        KeepReason.Yearly => "the newest of its year",
        KeepReason.Floor => "too few good backups without it",
        KeepReason.Grace => "within its grace period",
        KeepReason.NothingNewer => "no newer backup was taken since",
        KeepReason.StrongestProof => "no other is proven as well",
        KeepReason.NotUnderstood => "written by a newer version of Grap",
        _ => "no rule was given",
    };
}
