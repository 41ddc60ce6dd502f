using Grap.Backups;

namespace Grap.Tests.Unit.Retention;

/// <summary>Makes backups for plans.</summary>
internal static class BackupHistory
{
    public static readonly DateTimeOffset Now = new(2026, 6, 17, 12, 0, 0, TimeSpan.Zero); // a Wednesday

    /// <summary>A good backup that was taken so many days ago.</summary>
    public static Backup Taken(double daysAgo, string? id = null, string database = "neo4j") => new()
    {
        Id = id ?? FormattableString.Invariant($"{database}-{daysAgo:000.00}"),
        Repository = "/backups",
        Path = "/backups/x.grap",
        Database = database,
        CreatedAt = Now - TimeSpan.FromDays(daysAgo),
    };

    /// <summary>One a day, today's first.</summary>
    public static List<Backup> Daily(int days) => [.. Enumerable.Range(0, days).Select(day => Taken(day))];
}
