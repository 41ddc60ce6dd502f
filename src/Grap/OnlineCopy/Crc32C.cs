using System.Buffers.Binary;
using System.Numerics;

namespace Grap.OnlineCopy;

/// <summary>The CRC-32C (Castagnoli) that Neo4j closes commits and checkpoints with.</summary>
internal static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The state after <paramref name="bytes"/> too.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var one in bytes)
            state = BitOperations.Crc32C(state, one);
        return state;
    }

    /// <summary>The checksum that a state comes to.</summary>
    public static uint End(uint state) => ~state;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => End(Append(Start, bytes));
}
