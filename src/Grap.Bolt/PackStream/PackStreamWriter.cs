using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Grap.Bolt.PackStream;

/// <summary>Writes PackStream, each value in its shortest form, as Neo4j does.</summary>
public readonly struct PackStreamWriter(IBufferWriter<byte> output)
{
    // Strict, as in the reader: what UTF-8 cannot carry is refused, not replaced.
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IBufferWriter<byte> _output = output;

    /// <summary>Most bytes that an integer takes.</summary>
    public const int LongestInteger = 9;

    /// <summary>Writes null.</summary>
    public void WriteNull() => WriteByte(Marker.Null);

    /// <summary>Writes a boolean.</summary>
    public void Write(bool value) => WriteByte(value ? Marker.True : Marker.False);

    /// <summary>Writes an integer.</summary>
    public void Write(long value)
    {
        _output.Advance(WriteInteger(_output.GetSpan(LongestInteger), value));
    }

    /// <summary>Writes an integer in the fewest bytes that hold it, and returns how many those are.</summary>
    /// <param name="destination">Has room for <see cref="LongestInteger"/> bytes.</param>
    /// <param name="value">The integer.</param>
    public static int WriteInteger(Span<byte> destination, long value)
    {
        switch (value)
        {
            case >= -16 and <= sbyte.MaxValue:
                destination[0] = (byte)value;
                return 1;
            case >= sbyte.MinValue and <= sbyte.MaxValue:
                destination[0] = Marker.Int8;
                destination[1] = (byte)value;
                return 2;
            case >= short.MinValue and <= short.MaxValue:
                destination[0] = Marker.Int16;
                BinaryPrimitives.WriteInt16BigEndian(destination[1..], (short)value);
                return 3;
            case >= int.MinValue and <= int.MaxValue:
                destination[0] = Marker.Int32;
                BinaryPrimitives.WriteInt32BigEndian(destination[1..], (int)value);
                return 5;
            default:
                destination[0] = Marker.Int64;
                BinaryPrimitives.WriteInt64BigEndian(destination[1..], value);
                return 9;
        }
    }

    /// <summary>Writes a float.</summary>
    public void Write(double value)
    {
        var span = _output.GetSpan(9);
        span[0] = Marker.Float64;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        _output.Advance(9);
    }

    /// <summary>Writes a string. Throws <see cref="ArgumentException"/> for half a surrogate pair, which UTF-8 cannot
    /// carry.</summary>
    public void Write(ReadOnlySpan<char> value)
    {
        var length = _utf8.GetByteCount(value);
        WriteHead(Marker.String8, Marker.TinyString, length);
        var written = _utf8.GetBytes(value, _output.GetSpan(length));
        _output.Advance(written);
    }

    /// <summary>Writes bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteHead(Marker.Bytes8, tiny: -1, value.Length);
        _output.Write(value);
    }

    /// <summary>Writes a UUID. Only servers that speak Bolt 6.1 understand it.</summary>
    public void WriteUuid(Guid value)
    {
        var span = _output.GetSpan(17);
        span[0] = Marker.Uuid;
        value.TryWriteBytes(span[1..], bigEndian: true, out _);
        _output.Advance(17);
    }

    /// <summary>Writes the head of a list.</summary>
    public void WriteListHeader(int count) => WriteHead(Marker.List8, Marker.TinyList, count);

    /// <summary>Writes the head of a map.</summary>
    public void WriteMapHeader(int count) => WriteHead(Marker.Map8, Marker.TinyMap, count);

    /// <summary>Writes the head of a structure.</summary>
    public void WriteStructureHeader(byte tag, int fields)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fields);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fields, ushort.MaxValue);
        if (fields < Marker.TinyLimit)
        {
            WriteByte((byte)(Marker.TinyStructure | fields));
        }
        else
        {
            var wide = fields > byte.MaxValue;
            var span = _output.GetSpan(3);
            span[0] = wide ? Marker.Structure16 : Marker.Structure8;
            if (wide)
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)fields);
            else
                span[1] = (byte)fields;
            _output.Advance(wide ? 3 : 2);
        }
        WriteByte(tag);
    }

    /// <summary>Passes bytes through that are PackStream already.</summary>
    public void WriteRaw(ReadOnlySpan<byte> packStream) => _output.Write(packStream);

    /// <summary>
    /// Writes any value that <see cref="PackStreamReader.ReadValue"/> returns, and other values of .NET: all integers
    /// that fit 64 bits, floats, chars and strings, <see cref="DateTime"/> (with <see cref="DateTimeKind.Unspecified"/>
    /// a LOCAL DATETIME, else a ZONED one), <see cref="DateTimeOffset"/>, <see cref="DateOnly"/>,
    /// <see cref="TimeOnly"/> (a LOCAL TIME), <see cref="TimeSpan"/> (a DURATION of seconds), <see cref="Guid"/> (its
    /// string, which every server takes; for the UUID of Bolt 6.1 use <see cref="Values.Uuid"/>), enumerables, and
    /// dictionaries with string keys. Throws <see cref="ArgumentException"/>, naming the type, for what has no
    /// PackStream form, <see cref="decimal"/> among them: Neo4j has no such number.
    /// </summary>
    public void WriteValue(object? value) => ValueEncoder.Write(this, value, depth: 0);

    private void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    private void WriteHead(byte marker8, int tiny, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var span = _output.GetSpan(5);
        if (tiny >= 0 && length < Marker.TinyLimit)
        {
            span[0] = (byte)(tiny | length);
            _output.Advance(1);
        }
        else if (length <= byte.MaxValue)
        {
            span[0] = marker8;
            span[1] = (byte)length;
            _output.Advance(2);
        }
        else if (length <= ushort.MaxValue)
        {
            span[0] = (byte)(marker8 + 1);
            BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)length);
            _output.Advance(3);
        }
        else
        {
            span[0] = (byte)(marker8 + 2);
            BinaryPrimitives.WriteInt32BigEndian(span[1..], length);
            _output.Advance(5);
        }
    }
}
