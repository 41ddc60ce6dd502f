using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Grap.Bolt.PackStream;

/// <summary>
/// Finds where a value ends. Element boundaries of hundreds of MB of records are found this way, so the common case (a
/// value whose marker says its length) is one table look-up, and only what contains values recurses.
/// </summary>
internal readonly ref struct PackStreamSkipper
{
    private readonly ReadOnlySpan<byte> _bytes;

    private PackStreamSkipper(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The position behind the value at <paramref name="position"/>.</summary>
    public static int Skip(ReadOnlySpan<byte> bytes, int position) =>
        new PackStreamSkipper(bytes).Items(position, 1, PackStreamReader.MaxDepth);

    private int Items(int position, int count, int depth)
    {
        ref var lengths = ref MemoryMarshal.GetReference(Marker.FixedLengths);
        for (; count > 0; count--)
        {
            var marker = MarkerAt(position);
            int length = Unsafe.Add(ref lengths, marker); // 256 entries, one for each byte
            position = length != 0 ? position + length : Other(marker, position, depth);
        }
        return End(position);
    }

    private int Pairs(int position, int count, int depth)
    {
        ref var lengths = ref MemoryMarshal.GetReference(Marker.FixedLengths);
        for (; count > 0; count--)
        {
            var key = MarkerAt(position);
            if ((key & 0xF0) == Marker.TinyString)
                position += 1 + (key & 0x0F);
            else if (key is >= Marker.String8 and <= Marker.String32)
                position = Sized(position, key - Marker.String8);
            else
                throw PackStreamReader.Violation(position, "a map's key is no string");

            var marker = MarkerAt(position);
            int length = Unsafe.Add(ref lengths, marker);
            position = length != 0 ? position + length : Other(marker, position, depth);
        }
        return End(position);
    }

    private int Other(byte marker, int position, int depth)
    {
        // What comes most often stands first: strings, and containers of fewer than 16 values.
        if (marker is >= Marker.String8 and <= Marker.String32)
            return Sized(position, marker - Marker.String8);
        if (marker is >= Marker.Bytes8 and <= Marker.Bytes32)
            return Sized(position, marker - Marker.Bytes8);
        if (depth == 0)
            throw PackStreamReader.Violation(position, $"values are nested more than {PackStreamReader.MaxDepth} deep");
        return (marker & 0xF0) switch
        {
            Marker.TinyList => Items(position + 1, marker & 0x0F, depth - 1),
            Marker.TinyMap => Pairs(position + 1, marker & 0x0F, depth - 1),
            Marker.TinyStructure => Items(position + 2, marker & 0x0F, depth - 1),
            _ => LargeContainer(marker, position, depth),
        };
    }

    private int LargeContainer(byte marker, int position, int depth)
    {
        var reader = new PackStreamReader(_bytes[position..]);
        switch (marker)
        {
            case >= Marker.List8 and <= Marker.List32:
                var items = reader.ReadListHeader();
                return Items(position + reader.Position, items, depth - 1);
            case >= Marker.Map8 and <= Marker.Map32:
                var pairs = reader.ReadMapHeader();
                return Pairs(position + reader.Position, pairs, depth - 1);
            case Marker.Structure8 or Marker.Structure16:
                var fields = reader.ReadStructureHeader().Fields;
                return Items(position + reader.Position, fields, depth - 1);
            default:
                throw PackStreamReader.Violation(position, $"no value begins with the byte 0x{marker:X2}");
        }
    }

    /// <summary>Behind a string or bytes whose length takes 1, 2 or 4 bytes.</summary>
    private int Sized(int position, int width)
    {
        var head = 1 + (1 << width);
        if (_bytes.Length - position < head)
            throw Cut();
        var length = width switch
        {
            0 => _bytes[position + 1],
            1 => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(position + 1)..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(_bytes[(position + 1)..]),
        };
        return length <= (uint)(_bytes.Length - position - head) ? position + head + (int)length : throw Cut();
    }

    /// <summary>A position may be up to 17 bytes too far, past a value of fixed length that is cut: the next look-up
    /// sees that here.</summary>
    private byte MarkerAt(int position) =>
        (uint)position < (uint)_bytes.Length ? _bytes[position] : throw Cut();

    /// <summary>And behind the last value there is no next look-up.</summary>
    private int End(int position) => (uint)position <= (uint)_bytes.Length ? position : throw Cut();

    private BoltException Cut() =>
        PackStreamReader.Violation(_bytes.Length, "it ends in the middle of a value");
}
