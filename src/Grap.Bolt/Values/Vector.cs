using System.Buffers.Binary;
using System.Globalization;

namespace Grap.Bolt.Values;

/// <summary>What a <see cref="Vector"/> consists of; the numbers are those on the wire.</summary>
public enum VectorElementType : byte
{
    /// <summary>64-bit floats.</summary>
    Float64 = 0xC1,
    /// <summary>32-bit floats.</summary>
    Float32 = 0xC6,
    /// <summary>8-bit integers.</summary>
    Int8 = 0xC8,
    /// <summary>16-bit integers.</summary>
    Int16 = 0xC9,
    /// <summary>32-bit integers.</summary>
    Int32 = 0xCA,
    /// <summary>64-bit integers.</summary>
    Int64 = 0xCB,
}

/// <summary>A value of the VECTOR type (Bolt 6.0 and later).</summary>
/// <param name="ElementType">What it consists of.</param>
/// <param name="BigEndianData">The elements as sent: one after the other, most significant byte first.</param>
public sealed record Vector(VectorElementType ElementType, ReadOnlyMemory<byte> BigEndianData)
{
    /// <summary>How many elements.</summary>
    public int Count => SizeOf(ElementType) is { } size ? BigEndianData.Length / size : 0;

    /// <summary>The elements widened to 64-bit floats. Exact for all types but
    /// <see cref="VectorElementType.Int64"/>.</summary>
    public double[] ToDoubles()
    {
        var values = new double[Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = ElementAt(i);
        return values;
    }

    /// <summary>Equal if type and elements are.</summary>
    public bool Equals(Vector? other) => other is not null && other.ElementType == ElementType
        && other.BigEndianData.Span.SequenceEqual(BigEndianData.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(ElementType);
        hash.AddBytes(BigEndianData.Span);
        return hash.ToHashCode();
    }

    /// <summary><c>vector([1.0, 2.0], 2, FLOAT32)</c></summary>
    public override string ToString() => ElementType is VectorElementType.Int64
        ? $"vector([{string.Join(", ", Enumerable.Range(0, Count).Select(Int64At))}], {Count}, INT64)"
        : $"vector([{string.Join(", ", ToDoubles().Select(Print))}], {Count}, "
            + $"{ElementType.ToString().ToUpperInvariant()})";

    internal static int? SizeOf(VectorElementType type) => type switch
    {
        VectorElementType.Int8 => 1,
        VectorElementType.Int16 => 2,
        VectorElementType.Int32 or VectorElementType.Float32 => 4,
        VectorElementType.Int64 or VectorElementType.Float64 => 8,
        _ => null,
    };

    private double ElementAt(int index)
    {
        var data = BigEndianData.Span;
        return ElementType switch
        {
            VectorElementType.Int8 => (sbyte)data[index],
            VectorElementType.Int16 => BinaryPrimitives.ReadInt16BigEndian(data[(index * 2)..]),
            VectorElementType.Int32 => BinaryPrimitives.ReadInt32BigEndian(data[(index * 4)..]),
            VectorElementType.Float32 => BinaryPrimitives.ReadSingleBigEndian(data[(index * 4)..]),
            VectorElementType.Int64 => Int64At(index),
            _ => BinaryPrimitives.ReadDoubleBigEndian(data[(index * 8)..]),
        };
    }

    private long Int64At(int index) => BinaryPrimitives.ReadInt64BigEndian(BigEndianData.Span[(index * 8)..]);

    private string Print(double value) => ElementType switch
    {
        VectorElementType.Float32 => Cypher.Float(double.Parse(
            ((float)value).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        VectorElementType.Float64 => Cypher.Float(value),
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
