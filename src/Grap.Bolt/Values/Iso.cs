using System.Globalization;
using System.Text;

namespace Grap.Bolt.Values;

/// <summary>Dates and times in the ISO 8601 form that Neo4j's <c>toString()</c> gives.</summary>
internal static class Iso
{
    public const long SecondsPerDay = 86_400;
    public const long NanosecondsPerSecond = 1_000_000_000;
    public const int NanosecondsPerTick = 100;

    /// <summary>Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar, over the
    /// whole range that Neo4j has (years of nine digits).</summary>
    public static (long Year, int Month, int Day) Civil(long epochDays)
    {
        // Years begin in March here, so that the leap day is a year's last; 400 of them have 146,097 days.
        // The method is Howard Hinnant's civil_from_days (https://howardhinnant.github.io/date_algorithms.html).
        var shifted = epochDays + 719_468;
        var era = Math.DivRem(shifted, 146_097, out var dayOfEra);
        if (dayOfEra < 0)
        {
            era--;
            dayOfEra += 146_097;
        }
        var yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var march = (5 * dayOfYear + 2) / 153;
        var day = (int)(dayOfYear - (153 * march + 2) / 5 + 1);
        var month = (int)(march < 10 ? march + 3 : march - 9);
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day);
    }

    public static StringBuilder AppendDate(this StringBuilder text, long epochDays)
    {
        var (year, month, day) = Civil(epochDays);
        // Java: at least four digits, and a sign where there are more.
        if (year > 9999)
            text.Append('+');
        else if (year < 0)
            text.Append('-');
        return text.Append(CultureInfo.InvariantCulture, $"{Math.Abs(year):0000}-{month:00}-{day:00}");
    }

    public static StringBuilder AppendTime(this StringBuilder text, long secondOfDay, int nanoseconds)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"{secondOfDay / 3600:00}:{secondOfDay / 60 % 60:00}:{secondOfDay % 60:00}");
        return nanoseconds == 0 ? text : text.AppendFraction(nanoseconds);
    }

    public static StringBuilder AppendFraction(this StringBuilder text, int nanoseconds) =>
        text.Append('.').Append(nanoseconds.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0'));

    public static StringBuilder AppendOffset(this StringBuilder text, int offsetSeconds)
    {
        if (offsetSeconds == 0)
            return text.Append('Z');
        var size = Math.Abs(offsetSeconds);
        text.Append(offsetSeconds < 0 ? '-' : '+')
            .Append(CultureInfo.InvariantCulture, $"{size / 3600:00}:{size / 60 % 60:00}");
        return size % 60 == 0 ? text : text.Append(CultureInfo.InvariantCulture, $":{size % 60:00}");
    }

    public static StringBuilder AppendDateTime(this StringBuilder text, long epochSeconds, int nanoseconds)
    {
        var (days, second) = SplitDay(epochSeconds);
        return text.AppendDate(days).Append('T').AppendTime(second, nanoseconds);
    }

    /// <summary>Ticks of <see cref="DateTime"/>, or null if it cannot hold the moment exactly.</summary>
    public static long? Ticks(long epochSeconds, int nanoseconds)
    {
        if (nanoseconds % NanosecondsPerTick != 0)
            return null;
        var second = epochSeconds + DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;
        return second >= 0 && second <= DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond
            ? second * TimeSpan.TicksPerSecond + nanoseconds / NanosecondsPerTick
            : null;
    }

    public static (long EpochSeconds, int Nanoseconds) FromTicks(long ticks)
    {
        var second = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return (second - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond, (int)rest * NanosecondsPerTick);
    }

    /// <summary>What conversions throw for a value that .NET's type cannot hold exactly.</summary>
    public static OverflowException Inexact(object value, string type) =>
        new($"{value} has no exact {type}: it is out of range, or finer than 100 ns.");

    private static (long Days, long Second) SplitDay(long epochSeconds)
    {
        var days = Math.DivRem(epochSeconds, SecondsPerDay, out var second);
        return second < 0 ? (days - 1, second + SecondsPerDay) : (days, second);
    }
}
