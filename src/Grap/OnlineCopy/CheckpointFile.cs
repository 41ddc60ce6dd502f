using System.Buffers.Binary;
using System.Globalization;
using Grap.Backups;

namespace Grap.OnlineCopy;

/// <summary>One complete checkpoint.</summary>
/// <param name="Place">Where recovery begins.</param>
/// <param name="End">Bytes of the file up to the end of this record.</param>
internal sealed record CheckpointRecord(CheckpointPlace Place, int End);

/// <summary>
/// Reads <c>checkpoint.&lt;N&gt;</c>: a header as that of a log, then records of a fixed length, then zeros. The length
/// differs from version to version and is found, not assumed: each record ends in the CRC-32C of all its bytes before,
/// so only the right length gives a match.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>No file that a server writes comes near it: it begins a new one at 1 MiB.</summary>
    public const int MaxLength = 64 << 20;

    // Kernels up to 5.26, and 2026.08. A server that was updated goes on in the same file, with the other length.
    private static readonly int[] s_recordLengths = [232, 486];

    // kernelVersion:1, type:1, then a log's number:8 and an offset:8. Up to 5.13 the time and the store's id follow;
    // since 5.26 a second place stands between.
    private const int FirstPlaceAt = 2;
    private const int SecondPlaceAt = 18;
    private const int PlaceSize = 16;
    private const int TimeSize = 8;

    /// <summary>The newest complete record; null where there is none yet. A half-written one at the end does not
    /// count.</summary>
    /// <exception cref="GrapException">NotSupported: there are records, of no known layout.</exception>
    public static CheckpointRecord? FindNewest(ReadOnlySpan<byte> bytes, string file)
    {
        if (LogHeader.Read(bytes[..Math.Min(bytes.Length, LogHeader.Size)], file) is not { } header)
            return null;
        CheckpointRecord? newest = null;
        var position = LogHeader.Size;
        while (RecordLength(bytes[position..]) is { } length)
        {
            newest = Read(bytes.Slice(position, length), position + length, header.Store, file);
            position += length;
        }
        if (newest is null && IsMoreThanHalfARecord(bytes[position..]))
        {
            throw CopyFault.Unknown(file, string.Create(CultureInfo.InvariantCulture,
                $"a checkpoint of kernel version {bytes[position]}, whose record is none of "
                + $"{string.Join(" or ", s_recordLengths)} bytes long"));
        }
        return newest;
    }

    private static int? RecordLength(ReadOnlySpan<byte> bytes)
    {
        foreach (var length in s_recordLengths)
        {
            if (bytes.Length >= length && bytes[0] != 0 && Crc32C.Of(bytes[..(length - sizeof(uint))])
                == BinaryPrimitives.ReadUInt32LittleEndian(bytes[(length - sizeof(uint))..]))
                return length;
        }
        return null;
    }

    private static bool IsMoreThanHalfARecord(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= s_recordLengths[^1] && bytes[..s_recordLengths[^1]].ContainsAnyExcept((byte)0);

    private static CheckpointRecord Read(ReadOnlySpan<byte> record, int end, StoreId store, string file)
    {
        var place = ReadPlace(record[FirstPlaceAt..]);
        var timeAt = SecondPlaceAt;
        if (StoreId.TryRead(record[(timeAt + TimeSize)..]) != store)
        {
            // Two places: the later log is of no use without the earlier one.
            var second = ReadPlace(record[SecondPlaceAt..]);
            place = second.CompareTo(place) < 0 ? second : place;
            timeAt += PlaceSize;
            if (StoreId.TryRead(record[(timeAt + TimeSize)..]) != store)
                throw CopyFault.Unknown(file, $"a checkpoint of kernel version {record[0]} without the store's id");
        }
        var at = Moments.FromMillis(BinaryPrimitives.ReadInt64LittleEndian(record[timeAt..]));
        if (place.Version < 0 || place.Offset < LogHeader.Size || at is null)
            throw CopyFault.Failed(file, $"A checkpoint in '{file}' names no place in a log.");
        return new CheckpointRecord(new CheckpointPlace(place.Version, place.Offset, at.Value), end);
    }

    private static (long Version, long Offset) ReadPlace(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
}
