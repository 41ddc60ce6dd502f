using System.Buffers.Binary;
using System.Globalization;

namespace Grap.OnlineCopy;

/// <summary>The first 128 bytes of a transaction log or checkpoint file.</summary>
/// <param name="Format">8 up to 5.13, 9 later.</param>
/// <param name="Version">The file's number, which is also in its name.</param>
/// <param name="LastTransactionBefore">The last transaction in the log before this one.</param>
/// <param name="Store">Whose log it is.</param>
internal sealed record LogHeader(int Format, long Version, long LastTransactionBefore, StoreId Store)
{
    public const int Size = 128;

    // Big-endian: one byte of format and seven of version, then the transaction; since format 9 also the append index.
    private const int TransactionAt = 8;
    private const int StoreAtInFormat8 = 16;
    private const int StoreAtInFormat9 = 24;

    /// <summary>Reads a header. Null where it is not written yet: a file that was just made is empty or zeros.</summary>
    /// <param name="bytes">The file's first bytes, at most <see cref="Size"/>.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="GrapException">NotSupported: a format that nobody here has seen. CopyFailed: no
    /// header.</exception>
    public static LogHeader? Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length < Size || bytes[0] == 0)
        {
            return bytes.ContainsAnyExcept((byte)0) && bytes.Length >= Size
                ? throw CopyFault.Failed(file, $"'{file}' does not begin as a transaction log does.")
                : null;
        }
        var storeAt = bytes[0] switch
        {
            8 => StoreAtInFormat8,
            9 => StoreAtInFormat9,
            var other => throw CopyFault.Unknown(
                file, string.Create(CultureInfo.InvariantCulture, $"log format {other}; known are 8 and 9")),
        };
        var store = StoreId.TryRead(bytes[storeAt..])
            ?? throw CopyFault.Failed(file, $"The header of '{file}' holds no id of a store.");
        var last = BinaryPrimitives.ReadInt64BigEndian(bytes[TransactionAt..]);
        if (last < 0)
            throw CopyFault.Failed(file, $"The header of '{file}' names a transaction that cannot be.");
        return new LogHeader(bytes[0], BinaryPrimitives.ReadInt64BigEndian(bytes) & 0xFF_FFFF_FFFF_FFFF, last, store);
    }
}
