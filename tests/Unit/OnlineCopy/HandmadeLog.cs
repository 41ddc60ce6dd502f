using System.Buffers.Binary;
using Grap.OnlineCopy;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>A transaction log made from its description alone, with the header of a real one.</summary>
internal sealed class HandmadeLog
{
    private readonly List<byte> _bytes = [];

    public HandmadeLog(long version = 0, long lastBefore = 1, string sample = "5.26.30")
    {
        var header = RealFile.Log(sample)[..LogHeader.Size];
        BinaryPrimitives.WriteInt64BigEndian(header, (header[0] * (1L << 56)) | version);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(8), lastBefore);
        _bytes.AddRange(header);
        Last = lastBefore;
    }

    /// <summary>The last transaction.</summary>
    public long Last { get; private set; }

    /// <summary>Where each transaction ends.</summary>
    public List<int> Ends { get; } = [LogHeader.Size];

    public byte[] Bytes => _bytes.ToArray();

    /// <summary>Adds a transaction of these bytes and its commit entry.</summary>
    public HandmadeLog Add(byte[] content)
    {
        _bytes.AddRange(content);
        _bytes.AddRange(Commit(++Last, content));
        Ends.Add(_bytes.Count);
        return this;
    }

    /// <summary>A commit entry that closes <paramref name="content"/>.</summary>
    public static byte[] Commit(long transaction, ReadOnlySpan<byte> content)
    {
        var entry = new byte[22];
        entry[0] = 20;
        entry[1] = 5;
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(2), transaction);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(10), 1_700_000_000_000 + transaction);
        var state = Crc32C.Append(Crc32C.Append(Crc32C.Start, content), entry.AsSpan(0, 18));
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(18), Crc32C.End(state));
        return entry;
    }
}
