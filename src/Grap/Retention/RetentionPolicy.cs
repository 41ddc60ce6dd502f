namespace Grap.Retention;

/// <summary>Which backups are to be kept. A backup that any rule keeps is kept; the rest goes to the trash. Where
/// nothing is asked for, everything is kept.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Keep all backups younger than this many days; 0 for no such rule.</summary>
    public int Days { get; init; }

    /// <summary>Keep the newest so many; 0 for no such rule.</summary>
    public int Last { get; init; }

    /// <summary>Keep the newest backup of each of the newest so many days that have one.</summary>
    public int Daily { get; init; }

    /// <summary>The same for weeks, which begin on Monday (ISO 8601).</summary>
    public int Weekly { get; init; }

    /// <summary>The same for months.</summary>
    public int Monthly { get; init; }

    /// <summary>The same for years.</summary>
    public int Yearly { get; init; }

    /// <summary>Never fewer good backups of a database than this, whatever the rules say; at least 1.</summary>
    public int Floor { get; init; } = 1;

    /// <summary>How long a backup stays in the trash before it is purged.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Where days, weeks, months and years begin.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether any rule is given at all.</summary>
    public bool HasRules => Days > 0 || Last > 0 || Daily > 0 || Weekly > 0 || Monthly > 0 || Yearly > 0;
}
