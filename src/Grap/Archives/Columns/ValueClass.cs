namespace Grap.Archives.Columns;

/// <summary>Where the bytes of a PackStream value go: its marker always to the markers of its column.</summary>
internal enum ValueClass : byte
{
    /// <summary>Whole, marker included, among the column's other bytes: lists, maps, structures, bytes, long
    /// strings.</summary>
    Other,
    /// <summary>There is nothing but the marker.</summary>
    Bare,
    /// <summary>One byte follows: an 8-bit integer.</summary>
    One,
    /// <summary>Two bytes follow.</summary>
    Two,
    /// <summary>Four bytes follow.</summary>
    Four,
    /// <summary>Eight bytes follow: a 64-bit integer or a float.</summary>
    Eight,
    /// <summary>A string, whose length is in the marker; its bytes go among the other bytes.</summary>
    Tiny,
    /// <summary>A string, whose length is the one byte that follows; its bytes go among the other bytes.</summary>
    Short,
}

/// <summary>The class of each marker.</summary>
internal static class ValueClasses
{
    private static readonly ValueClass[] s_classes = Make();

    public static ValueClass Of(byte marker) => s_classes[marker];

    private static ValueClass[] Make()
    {
        var classes = new ValueClass[256];
        Set(0x00, 0x80, ValueClass.Bare); // integers from 0 to 127, and the empty string
        Set(0x81, 0x8F, ValueClass.Tiny);
        Set(0x90, 0x90, ValueClass.Bare); // the empty list
        Set(0xA0, 0xA0, ValueClass.Bare); // the empty map
        Set(0xC0, 0xC0, ValueClass.Bare); // null
        Set(0xC1, 0xC1, ValueClass.Eight);
        Set(0xC2, 0xC3, ValueClass.Bare); // false, true
        Set(0xC8, 0xC8, ValueClass.One);
        Set(0xC9, 0xC9, ValueClass.Two);
        Set(0xCA, 0xCA, ValueClass.Four);
        Set(0xCB, 0xCB, ValueClass.Eight);
        Set(0xD0, 0xD0, ValueClass.Short);
        Set(0xF0, 0xFF, ValueClass.Bare); // integers from -16 to -1
        return classes;

        void Set(int first, int last, ValueClass value) => classes.AsSpan(first..(last + 1)).Fill(value);
    }
}
