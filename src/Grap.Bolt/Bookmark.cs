using Grap.Bolt.PackStream;

namespace Grap.Bolt;

/// <summary>
/// Reads bookmarks. To clients they are opaque; Neo4j 5 and later make them as <c>FB:</c> and the base64 of PackStream
/// that holds a database's UUID and the id of the last transaction that the sender had seen committed there (seen on
/// 5.13, 5.26 and 2026.08).
/// </summary>
public static class Bookmark
{
    private const string Prefix = "FB:";

    /// <summary>What a bookmark says, or false for anything that is not exactly of the known form for one
    /// database.</summary>
    /// <param name="bookmark">A bookmark as a SUCCESS carried it.</param>
    /// <param name="database">The database's UUID.</param>
    /// <param name="transactionId">The last committed transaction.</param>
    public static bool TryParse(string? bookmark, out Guid database, out long transactionId)
    {
        database = default;
        transactionId = 0;
        if (bookmark is null || !bookmark.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var bytes = new byte[bookmark.Length];
        if (!Convert.TryFromBase64Chars(bookmark.AsSpan(Prefix.Length), bytes, out var length))
            return false;
        try
        {
            return TryRead(bytes.AsSpan(0, length), out database, out transactionId);
        }
        catch (BoltException)
        {
            return false; // Not PackStream: another form of bookmark, which the contract calls unknown.
        }
    }

    /// <summary>As <c>org.neo4j.fabric.bookmark.BookmarkFormat</c> writes it: a list's head that counts databases (not
    /// values), for each its UUID and transaction, then a list of states of other systems, empty outside composite
    /// databases.</summary>
    private static bool TryRead(ReadOnlySpan<byte> bytes, out Guid database, out long transactionId)
    {
        database = default;
        transactionId = 0;
        var reader = new PackStreamReader(bytes);
        if (reader.ReadListHeader() != 1)
            return false;
        var uuid = reader.ReadBytes();
        if (uuid.Length != 16)
            return false;
        var transaction = reader.ReadInteger();
        if (reader.ReadListHeader() != 0 || !reader.AtEnd)
            return false;
        database = new Guid(uuid, bigEndian: true);
        transactionId = transaction;
        return true;
    }
}
