using Grap.Configuration;
using Grap.Retention;

namespace Grap.PowerShell.Retention;

/// <summary>What a command's parameters say is to be kept. 0 is no such rule.</summary>
internal interface IRetentionRules
{
    /// <summary>All backups younger than so many days.</summary>
    int KeepDays { get; }

    /// <summary>The newest so many.</summary>
    int KeepLast { get; }

    /// <summary>The newest of each of so many days.</summary>
    int KeepDaily { get; }

    /// <summary>The newest of each of so many weeks.</summary>
    int KeepWeekly { get; }

    /// <summary>The newest of each of so many months.</summary>
    int KeepMonthly { get; }

    /// <summary>The newest of each of so many years.</summary>
    int KeepYearly { get; }

    /// <summary>Never fewer good backups of a database than this, which is no rule.</summary>
    int Minimum { get; }

    /// <summary>Days in the trash.</summary>
    int GraceDays { get; }
}

/// <summary>Makes one policy of rules and settings, whichever command they were given to.</summary>
internal static class RetentionRules
{
    private static readonly RetentionPolicy s_defaults = new();

    /// <summary>What <see cref="IRetentionRules.Minimum"/> is where nobody says.</summary>
    public static int Minimum => s_defaults.Floor;

    /// <summary>What <see cref="IRetentionRules.GraceDays"/> is where nobody says.</summary>
    public static int GraceDays => (int)s_defaults.Grace.TotalDays;

    /// <summary>The policy; without any rule it keeps the days of the settings.</summary>
    public static RetentionPolicy MakePolicy(this IRetentionRules rules, GrapSettings settings)
    {
        var policy = s_defaults with
        {
            Days = rules.KeepDays,
            Last = rules.KeepLast,
            Daily = rules.KeepDaily,
            Weekly = rules.KeepWeekly,
            Monthly = rules.KeepMonthly,
            Yearly = rules.KeepYearly,
            Floor = rules.Minimum,
            Grace = TimeSpan.FromDays(rules.GraceDays),
        };
        return policy.HasRules ? policy : policy with { Days = settings.RetentionDays };
    }
}
