using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Grap.Bolt.PackStream;
using Grap.Bolt.Values;

namespace Grap.Recovery.Bulk;

/// <summary>Writes property values so that <c>neo4j-admin database import</c> reads exactly the same ones. What it
/// might read otherwise, or not at all, is not written: points, durations, bytes, named time zones, years of
/// more than four digits, empty lists.</summary>
internal static class CsvValue
{
    /// <summary>Between columns.</summary>
    public const byte Separator = (byte)'\t';

    /// <summary>Between the elements of a list.</summary>
    public const byte ListSeparator = 0x1F;

    /// <summary>The type of a list of floats.</summary>
    public const string FloatList = Float + List;

    private const string Float = "double";
    private const string List = "[]";

    // A quarter of the buffer that has to hold a whole value, unless --read-buffer-size says otherwise.
    private const int MostStringBytes = 1 << 20;

    // The years 1 to 9998, which every calendar writes with four digits.
    private const long FirstDay = -719_162;
    private const long LastDay = 2_932_531;
    private const long SecondsPerDay = 86_400;

    /// <summary>Writes one value, on which <paramref name="reader"/> stands, and returns the type that its column must
    /// have; null where it cannot be written: then <paramref name="to"/> may have got a part of it.</summary>
    public static string? TryWrite(ref PackStreamReader reader, IBufferWriter<byte> to)
    {
        switch (reader.Peek())
        {
            case PackStreamType.Integer:
                WriteInteger(reader.ReadInteger(), to);
                return "long";
            case PackStreamType.Float:
                return TryWriteFloat(reader.ReadFloat(), to) ? Float : null;
            case PackStreamType.Boolean:
                to.Write(reader.ReadBoolean() ? "true"u8 : "false"u8);
                return "boolean";
            case PackStreamType.String:
                return TryWriteString(reader.ReadUtf8(), to) ? "string" : null;
            case PackStreamType.List:
                return TryWriteList(ref reader, to);
            case PackStreamType.Structure:
                return TryWriteTime(ref reader, to);
            default:
                return null;
        }
    }

    /// <summary>Writes an integer.</summary>
    public static void WriteInteger(long value, IBufferWriter<byte> to)
    {
        Utf8Formatter.TryFormat(value, to.GetSpan(20), out var length);
        to.Advance(length);
    }

    private static bool TryWriteFloat(double value, IBufferWriter<byte> to)
    {
        if (!double.IsFinite(value))
            return false;
        // The shortest text that is read as the same number; Java reads it so, too.
        Utf8Formatter.TryFormat(value, to.GetSpan(32), out var length);
        to.Advance(length);
        return true;
    }

    private static bool TryWriteString(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
    {
        if (text.Length > MostStringBytes || text.Contains((byte)0))
            return false;
        to.Write("\""u8);
        WriteQuoted(text, to);
        to.Write("\""u8);
        return true;
    }

    private static void WriteQuoted(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
    {
        int quote;
        while ((quote = text.IndexOf((byte)'"')) >= 0)
        {
            to.Write(text[..(quote + 1)]);
            to.Write("\""u8);
            text = text[(quote + 1)..];
        }
        to.Write(text);
    }

    private static string? TryWriteList(ref PackStreamReader reader, IBufferWriter<byte> to)
    {
        var left = reader.ReadListHeader();
        if (left == 0)
            return null;
        var type = reader.Peek();
        if (type == PackStreamType.String)
            return TryWriteStrings(ref reader, left, to) ? "string[]" : null;
        for (var first = true; left > 0; left--, first = false)
        {
            if (reader.Peek() != type || type is PackStreamType.List or PackStreamType.Structure)
                return null;
            if (!first)
                to.Write([ListSeparator]);
            if (TryWrite(ref reader, to) is not { } element)
                return null;
            if (left == 1)
                return element + List;
        }
        return null;
    }

    private static bool TryWriteStrings(ref PackStreamReader reader, int left, IBufferWriter<byte> to)
    {
        var bytes = 0;
        to.Write("\""u8);
        for (var first = true; left > 0; left--, first = false)
        {
            if (reader.Peek() != PackStreamType.String)
                return false;
            var text = reader.ReadUtf8();
            bytes += text.Length;
            if (text.IsEmpty || bytes > MostStringBytes || text.IndexOfAny((byte)0, ListSeparator) >= 0)
                return false;
            if (!first)
                to.Write([ListSeparator]);
            WriteQuoted(text, to);
        }
        to.Write("\""u8);
        return true;
    }

    private static string? TryWriteTime(ref PackStreamReader reader, IBufferWriter<byte> to)
    {
        var (type, text) = reader.ReadValue() switch
        {
            Date { EpochDays: >= FirstDay and <= LastDay } date => ("date", date.ToString()),
            LocalTime time => ("localtime", time.ToString()),
            LocalDateTime time when IsOrdinary(time.EpochSeconds) => ("localdatetime", time.ToString()),
            ZonedDateTime { OffsetSeconds: { } offset } time
                when offset % 60 == 0 && IsOrdinary(time.EpochSeconds) => ("datetime", time.ToString()),
            _ => default,
        };
        if (text is not null)
            Encoding.ASCII.GetBytes(text, to);
        return type;
    }

    private static bool IsOrdinary(long second) =>
        second is >= (FirstDay + 1) * SecondsPerDay and < LastDay * SecondsPerDay;
}
