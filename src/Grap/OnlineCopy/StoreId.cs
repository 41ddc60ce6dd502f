using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Grap.OnlineCopy;

/// <summary>
/// What names one store for ever: when it was created, a random number, and its format. It stands in the header of
/// every transaction log and checkpoint file, in every checkpoint, and in the file <c>neostore</c>. A copy of a store
/// has the same.
/// </summary>
/// <param name="CreatedAtMillis">Milliseconds since 1970: the creation date that <c>db.info()</c> tells.</param>
/// <param name="Random">The random number.</param>
/// <param name="Engine">The storage engine: <c>record</c>.</param>
/// <param name="Format">The format's family, as <c>aligned</c>, and its version: <c>aligned-1.1</c>.</param>
internal sealed record StoreId(long CreatedAtMillis, long Random, string Engine, string Format)
{
    /// <summary>The file that holds a store's id and the ids of its last transactions.</summary>
    public const string FileName = "neostore";

    /// <summary>Most bytes that an id takes: the names are short.</summary>
    public const int MaxSize = 96;

    private const byte Marker = 1;
    private const int Fixed = 17;

    // The file is a row of records of one byte that says whether it is used, and a number of eight bytes. The store's
    // id lies over the numbers from the sixth on (seen on 5.13, 5.26 and 2026.08).
    private const int FieldSize = 9;
    private const int FirstField = 5;

    /// <summary>When the store was created.</summary>
    public DateTimeOffset? CreatedAt => Moments.FromMillis(CreatedAtMillis);

    /// <summary>Reads an id; null where the bytes hold none.</summary>
    public static StoreId? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Fixed || bytes[0] != Marker)
            return null;
        var created = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        var random = BinaryPrimitives.ReadInt64BigEndian(bytes[9..]);
        var rest = bytes[Fixed..];
        return TryReadName(ref rest) is { } engine && TryReadName(ref rest) is { } family && rest.Length >= 2
            ? new StoreId(created, random, engine,
                string.Create(CultureInfo.InvariantCulture, $"{family}-{rest[0]}.{rest[1]}"))
            : null;
    }

    /// <summary>Reads the id out of the first bytes of the file <c>neostore</c>; null where they hold none.</summary>
    public static StoreId? FromNeostore(ReadOnlySpan<byte> file)
    {
        Span<byte> numbers = stackalloc byte[MaxSize];
        var length = 0;
        for (var field = FirstField * FieldSize;
            field + FieldSize <= file.Length && length + FieldSize <= MaxSize;
            field += FieldSize)
        {
            file.Slice(field + 1, FieldSize - 1).CopyTo(numbers[length..]);
            length += FieldSize - 1;
        }
        return TryRead(numbers[..length]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Engine}-{Format}, created {CreatedAtMillis}, {Random:x16}");

    private static string? TryReadName(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] is 0 or > 32 || rest.Length <= rest[0])
            return null;
        var name = rest.Slice(1, rest[0]);
        rest = rest[(1 + name.Length)..];
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'_' or (byte)'-'))
                return null;
        }
        return Encoding.ASCII.GetString(name);
    }
}
