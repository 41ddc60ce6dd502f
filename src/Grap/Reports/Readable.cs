using System.Globalization;

namespace Grap.Reports;

/// <summary>Numbers and times as people read them.</summary>
internal static class Readable
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1024 && unit < s_units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + s_units[unit];
    }

    public static string Rate(double bytesPerSecond) => Bytes(bytesPerSecond) + "/s";

    public static string Duration(double seconds) => seconds < 10
        ? seconds.ToString("0.00 's'", CultureInfo.InvariantCulture)
        : TimeSpan.FromSeconds(seconds).ToString(
            seconds < 86_400 ? @"hh\:mm\:ss" : @"d'd 'hh\:mm\:ss", CultureInfo.InvariantCulture);

    public static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => "just now",
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} minutes ago"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours ago"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days ago"),
    };

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
