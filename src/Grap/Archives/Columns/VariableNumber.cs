using Grap.Bolt;

namespace Grap.Archives.Columns;

/// <summary>Numbers of 0 to 2³¹-1 in one to five bytes: seven bits in each, the lowest first; all but the last have the
/// highest bit set.</summary>
internal static class VariableNumber
{
    /// <summary>Most bytes that a number takes.</summary>
    public const int MostBytes = 5;

    /// <summary>Writes a number and returns its length.</summary>
    public static int Write(int value, Span<byte> to)
    {
        var length = 0;
        var left = (uint)value;
        for (; left > 0x7F; left >>= 7)
            to[length++] = (byte)(left | 0x80);
        to[length++] = (byte)left;
        return length;
    }

    /// <summary>Appends a number.</summary>
    public static void Append(NativeBuffer destination, int value) =>
        destination.Advance(Write(value, destination.GetSpan(MostBytes)));
}
