using System.Buffers.Binary;
using Grap.OnlineCopy;

namespace Grap.Tests.Torture.OnlineCopy.Controls;

/// <summary>Where a copy ends the newest log, for a test that tears one.</summary>
public static class LogEnd
{
    /// <summary>The last transaction that is in a log with all its bytes, and where it ends.</summary>
    public static (long Transaction, long End) Find(byte[] log)
    {
        using var file = new BytesFile(log);
        var found = TransactionLog.Read(file, "log", CancellationToken.None)!;
        return (found.LastTransaction, found.End);
    }

    /// <summary>Gives a commit entry a checksum that is right for it by itself, as if nothing stood before it.</summary>
    public static void Seal(Span<byte> entry) => BinaryPrimitives.WriteUInt32LittleEndian(
        entry[^sizeof(uint)..], Crc32C.End(Crc32C.Append(Crc32C.Start, entry[..^sizeof(uint)])));
}
