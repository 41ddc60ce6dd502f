using System.Globalization;
using Grap.Bolt;
using Grap.Comparison;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>How much one transaction of a server may hold, as far as the server tells.</summary>
/// <param name="Bytes">Bytes of its memory that a promotion takes for itself at most.</param>
/// <param name="IsTold">Whether the server told.</param>
internal sealed record TransactionRoom(long Bytes, bool IsTold)
{
    // What a 5.26 takes for one changed element with small properties, rounded up, and for each byte of larger ones.
    private const int BytesPerChange = 4 << 10;
    private const int BytesPerByte = 6;

    // Where the server does not tell: an eighth of the smallest heap that Neo4j is run with in earnest.
    private const long Untold = 64L << 20;

    private static readonly string[] s_settings =
    [
        "dbms.memory.transaction.total.max", "db.memory.transaction.total.max", "db.memory.transaction.max",
    ];

    /// <summary>Most bytes of changes that are worth holding here: more do not fit in any case.</summary>
    public long MostBytes => Bytes / BytesPerByte;

    /// <summary>Asks the server. All its users share that memory: half is left to them.</summary>
    public static async Task<TransactionRoom> AskAsync(
        BoltConnection connection, Session session, CancellationToken cancellation)
    {
        try
        {
            var rows = await connection.ReadAllAsync(
                BoltQuery.Create(
                    $"{session.CypherPrefix}SHOW SETTINGS YIELD name, value WHERE name IN $names RETURN value",
                    ("names", s_settings)) with
                {
                    Database = session.Database,
                }, cancellation).ConfigureAwait(false);
            var limits = rows.Select(static row => Parse(row[0] as string)).Where(static limit => limit > 0).ToList();
            return limits.Count == 0 ? new TransactionRoom(Untold, false) : new TransactionRoom(limits.Min() / 2, true);
        }
        catch (BoltException failure) when (failure.Kind == BoltErrorKind.ServerFailure)
        {
            return new TransactionRoom(Untold, false);
        }
    }

    /// <summary>Whether a difference fits.</summary>
    public bool Fits(DifferencePlan plan) => plan.IsComplete
        && (plan.Difference.Nodes.Total + plan.Difference.Relationships.Total) * BytesPerChange
            + (plan.Bytes * BytesPerByte) <= Bytes;

    /// <summary>A size as settings write it: <c>358.40MiB</c>, <c>1g</c>, <c>0B</c>; 0 for what is none.</summary>
    internal static long Parse(string? size)
    {
        var text = (size ?? "").Trim();
        var digits = text.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!double.TryParse(text[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return 0;
        var shift = char.ToUpperInvariant(text.ElementAtOrDefault(digits)) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            'T' => 40,
            _ => 0,
        };
        return (long)(number * (1L << shift));
    }
}
