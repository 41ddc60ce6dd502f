using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Grap.Bolt.Values;

/// <summary>A DATE, of the years -999,999,999 to 999,999,999.</summary>
/// <param name="EpochDays">Days since 1970-01-01.</param>
public readonly record struct Date(long EpochDays)
{
    /// <summary>From .NET's type.</summary>
    public static Date From(DateOnly date) => new(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);

    /// <summary>As .NET's type. Throws <see cref="OverflowException"/> outside the years 1 to 9999.</summary>
    public DateOnly ToDateOnly()
    {
        var number = EpochDays + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber((int)number)
            : throw Iso.Inexact(this, nameof(DateOnly));
    }

    /// <summary><c>2026-01-31</c></summary>
    public override string ToString() => new StringBuilder().AppendDate(EpochDays).ToString();
}

/// <summary>A LOCAL TIME: a time of day.</summary>
/// <param name="NanosecondsOfDay">Nanoseconds since midnight.</param>
public readonly record struct LocalTime(long NanosecondsOfDay)
{
    /// <summary>From .NET's type.</summary>
    public static LocalTime From(TimeOnly time) => new(time.Ticks * Iso.NanosecondsPerTick);

    /// <summary>As .NET's type. Throws <see cref="OverflowException"/> if it is finer than 100 ns.</summary>
    public TimeOnly ToTimeOnly() => NanosecondsOfDay % Iso.NanosecondsPerTick == 0
        ? new TimeOnly(NanosecondsOfDay / Iso.NanosecondsPerTick)
        : throw Iso.Inexact(this, nameof(TimeOnly));

    /// <summary><c>23:59:59.5</c></summary>
    public override string ToString() => new StringBuilder().AppendTime(
        NanosecondsOfDay / Iso.NanosecondsPerSecond, (int)(NanosecondsOfDay % Iso.NanosecondsPerSecond)).ToString();
}

/// <summary>A ZONED TIME: a time of day with an offset.</summary>
/// <param name="NanosecondsOfDay">Nanoseconds since midnight, by the clock at that offset.</param>
/// <param name="OffsetSeconds">Seconds east of UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Time(long NanosecondsOfDay, int OffsetSeconds)
{
    /// <summary><c>23:59:59.5+01:00</c></summary>
    public override string ToString() => new StringBuilder()
        .AppendTime(NanosecondsOfDay / Iso.NanosecondsPerSecond, (int)(NanosecondsOfDay % Iso.NanosecondsPerSecond))
        .AppendOffset(OffsetSeconds).ToString();
}

/// <summary>A LOCAL DATETIME: what a calendar and a clock show, without saying where.</summary>
/// <param name="EpochSeconds">Seconds since 1970-01-01T00:00:00 by that same clock.</param>
/// <param name="Nanoseconds">Nanoseconds to add, 0 to 999,999,999.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LocalDateTime(long EpochSeconds, int Nanoseconds)
{
    /// <summary>From .NET's type, whatever its kind.</summary>
    public static LocalDateTime From(DateTime time)
    {
        var (seconds, nanoseconds) = Iso.FromTicks(time.Ticks);
        return new(seconds, nanoseconds);
    }

    /// <summary>As .NET's type, of unspecified kind. Throws <see cref="OverflowException"/> if it cannot hold this
    /// exactly.</summary>
    public DateTime ToDateTime() => Iso.Ticks(EpochSeconds, Nanoseconds) is { } ticks
        ? new DateTime(ticks, DateTimeKind.Unspecified)
        : throw Iso.Inexact(this, nameof(DateTime));

    /// <summary><c>2026-01-31T23:59:59.5</c></summary>
    public override string ToString() => new StringBuilder().AppendDateTime(EpochSeconds, Nanoseconds).ToString();
}

/// <summary>A ZONED DATETIME: a moment, with the offset or the time zone that it is to be shown in.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ZonedDateTime
{
    /// <summary>A moment at an offset.</summary>
    public ZonedDateTime(long epochSeconds, int nanoseconds, int offsetSeconds)
    {
        EpochSeconds = epochSeconds;
        Nanoseconds = nanoseconds;
        OffsetSeconds = offsetSeconds;
    }

    /// <summary>A moment in a time zone.</summary>
    public ZonedDateTime(long epochSeconds, int nanoseconds, string zoneId)
    {
        EpochSeconds = epochSeconds;
        Nanoseconds = nanoseconds;
        ZoneId = zoneId;
    }

    /// <summary>Seconds since 1970-01-01T00:00:00Z.</summary>
    public long EpochSeconds { get; }

    /// <summary>Nanoseconds to add, 0 to 999,999,999.</summary>
    public int Nanoseconds { get; }

    /// <summary>Seconds east of UTC; null where a zone is named instead.</summary>
    public int? OffsetSeconds { get; }

    /// <summary>The time zone, such as <c>Europe/London</c>; null where there is an offset instead.</summary>
    public string? ZoneId { get; }

    /// <summary>From .NET's type.</summary>
    public static ZonedDateTime From(DateTimeOffset time)
    {
        var (seconds, nanoseconds) = Iso.FromTicks(time.UtcTicks);
        return new(seconds, nanoseconds, (int)(time.Offset.Ticks / TimeSpan.TicksPerSecond));
    }

    /// <summary>As .NET's type. Throws <see cref="OverflowException"/> if it cannot hold this exactly (years 1 to 9999,
    /// 100 ns, offsets of whole minutes up to 14 hours), and <see cref="TimeZoneNotFoundException"/> if this machine
    /// does not know the zone.</summary>
    public DateTimeOffset ToDateTimeOffset()
    {
        if (Iso.Ticks(EpochSeconds, Nanoseconds) is not { } ticks)
            throw Iso.Inexact(this, nameof(DateTimeOffset));
        var offset = ZoneId is null
            ? TimeSpan.FromSeconds(OffsetSeconds.GetValueOrDefault())
            : TimeZoneInfo.FindSystemTimeZoneById(ZoneId).GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc));
        var local = ticks + offset.Ticks;
        return offset.Ticks % TimeSpan.TicksPerMinute == 0 && offset.Duration() <= TimeSpan.FromHours(14)
            && local >= 0 && local <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(local, offset)
            : throw Iso.Inexact(this, nameof(DateTimeOffset));
    }

    /// <summary><c>2026-01-31T23:59:59.5+01:00</c> or <c>2026-01-31T23:59:59.5+01:00[Europe/London]</c>. For a zone
    /// that this machine does not know, and a year that .NET does not, the time is given in UTC.</summary>
    public override string ToString()
    {
        var offset = OffsetSeconds ?? ZoneOffsetSeconds();
        var text = new StringBuilder().AppendDateTime(EpochSeconds + offset, Nanoseconds).AppendOffset(offset);
        return ZoneId is null ? text.ToString() : text.Append('[').Append(ZoneId).Append(']').ToString();
    }

    private int ZoneOffsetSeconds() =>
        Iso.Ticks(EpochSeconds, 0) is { } ticks && ZoneId is not null
            && TimeZoneInfo.TryFindSystemTimeZoneById(ZoneId, out var zone)
            ? (int)zone.GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc)).TotalSeconds
            : 0;
}

/// <summary>A DURATION: four amounts that do not turn into each other, since months and days differ in
/// length.</summary>
/// <param name="Months">Months.</param>
/// <param name="Days">Days.</param>
/// <param name="Seconds">Seconds.</param>
/// <param name="Nanoseconds">Nanoseconds to add, 0 to 999,999,999, also where <paramref name="Seconds"/> is
/// negative.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Duration(long Months, long Days, long Seconds, int Nanoseconds)
{
    /// <summary>From .NET's type; all of it becomes seconds and nanoseconds.</summary>
    public static Duration From(TimeSpan span)
    {
        var seconds = Math.DivRem(span.Ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0
            ? new(0, 0, seconds - 1, (int)(rest + TimeSpan.TicksPerSecond) * Iso.NanosecondsPerTick)
            : new(0, 0, seconds, (int)rest * Iso.NanosecondsPerTick);
    }

    /// <summary>As .NET's type. Throws <see cref="OverflowException"/> if there are months or days in it, which have no
    /// fixed length, or it is too long or finer than 100 ns.</summary>
    public TimeSpan ToTimeSpan()
    {
        var ticks = (Int128)Seconds * TimeSpan.TicksPerSecond + Nanoseconds / Iso.NanosecondsPerTick;
        return Months == 0 && Days == 0 && Nanoseconds % Iso.NanosecondsPerTick == 0
            && ticks >= long.MinValue && ticks <= long.MaxValue
            ? TimeSpan.FromTicks((long)ticks)
            : throw Iso.Inexact(this, nameof(TimeSpan));
    }

    /// <summary><c>P1Y2M3DT4H5M6.5S</c></summary>
    public override string ToString()
    {
        var text = new StringBuilder("P");
        Append(text, Months / 12, 'Y');
        Append(text, Months % 12, 'M');
        Append(text, Days, 'D');
        if (Seconds != 0 || Nanoseconds != 0)
            AppendTimePart(text.Append('T'));
        return text.Length == 1 ? "PT0S" : text.ToString();
    }

    private void AppendTimePart(StringBuilder text)
    {
        // The sum is what counts: -1 s and 750,000,000 ns are -0.25 s.
        var negative = Seconds < 0;
        var seconds = Seconds;
        var nanoseconds = Nanoseconds;
        if (negative && nanoseconds != 0)
        {
            seconds++;
            nanoseconds = (int)(Iso.NanosecondsPerSecond - nanoseconds);
        }
        Append(text, seconds / 3600, 'H');
        Append(text, seconds / 60 % 60, 'M');
        var rest = seconds % 60;
        if (rest == 0 && nanoseconds == 0)
            return;
        if (negative)
            text.Append('-');
        text.Append(CultureInfo.InvariantCulture, $"{Math.Abs(rest)}");
        if (nanoseconds != 0)
            text.AppendFraction(nanoseconds);
        text.Append('S');
    }

    private static void Append(StringBuilder text, long amount, char unit)
    {
        if (amount != 0)
            text.Append(CultureInfo.InvariantCulture, $"{amount}{unit}");
    }
}
