using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>How many transactions of each writer a database holds.</summary>
internal sealed class TransactionCounts
{
    private readonly WritingCrew _crew;
    private readonly List<string> _schema;

    private TransactionCounts(WritingCrew crew, IReadOnlyList<long> ofGraphWriters, List<string> schema)
    {
        _crew = crew;
        OfGraphWriters = ofGraphWriters;
        _schema = schema;
    }

    /// <summary>Why they cannot be told; none where they can.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>Those of the writers that change the graph, by the writer's number.</summary>
    public IReadOnlyList<long> OfGraphWriters { get; }

    /// <summary>All of them together.</summary>
    public long Sum => OfGraphWriters.Sum();

    /// <summary>Reads them.</summary>
    public static async Task<TransactionCounts> ReadAsync(Reading database, WritingCrew crew)
    {
        var rows = await database.RowsAsync("MATCH (w:Writer) RETURN w.writer, w.number ORDER BY w.writer");
        // A constraint's index has the constraint's name.
        var schema = await database.TextsAsync(
            "SHOW INDEXES YIELD name WHERE name STARTS WITH $prefix RETURN name", ("prefix", SchemaChanges.Prefix));
        var sound = rows.Count == crew.GraphWriters
            && rows.Select(static (row, at) => row is [long writer, long] && writer == at).All(static right => right);
        return sound
            ? new TransactionCounts(crew, [.. rows.Select(static row => (long)row[1]!)], [.. schema])
            : new TransactionCounts(crew, [], [])
            {
                Problems = [$"The writers' nodes are {string.Join(", ", rows.Select(row => Reading.Text(row)))}."],
            };
    }

    /// <summary>How many of them were not acknowledged at a place of the ledger.</summary>
    public long CountAfter(Ledger ledger, long place) =>
        OfGraphWriters.Select((number, writer) => number - ledger.AcknowledgedAt(writer, place)).Sum();

    /// <summary>What the ledger says against them.</summary>
    public IEnumerable<string> CompareWith(Ledger ledger, CopySpan span)
    {
        var found = new List<(int Writer, long Lowest, long Highest)>();
        found.AddRange(OfGraphWriters.Select(static (number, writer) => (writer, number, number)));
        var fitting = SchemaNumbers(ledger.SentAt(_crew.SchemaWriter, span.Ended)).ToList();
        if (fitting.Count == 0)
            yield return $"No order of schema changes leads to {string.Join(", ", _schema)}.";
        else
            found.Add((_crew.SchemaWriter, fitting[0], fitting[^1]));

        foreach (var (writer, lowest, highest) in found)
        {
            var acknowledged = ledger.AcknowledgedAt(writer, span.Begun);
            if (highest < acknowledged)
            {
                yield return $"Lost: of writer {writer}, {acknowledged} transactions were acknowledged before the copy "
                    + $"began, and {highest} are there.";
            }
            var sent = ledger.SentAt(writer, span.Ended);
            if (lowest > sent)
                yield return $"Writer {writer} has {lowest} transactions there, and had sent {sent}.";
        }

        // Whoever sends a transaction knows all that were acknowledged before: what is newest in the copy was sent
        // after them, so they are in the copy too.
        var newest = found.Max(writer => ledger.PlaceOfSending(writer.Writer, writer.Lowest));
        foreach (var (writer, _, highest) in found)
        {
            var before = ledger.AcknowledgedAt(writer, newest);
            if (highest < before)
            {
                yield return $"A gap: of writer {writer}, {before} transactions were acknowledged before the newest "
                    + $"one in the copy was sent, and {highest} are there.";
            }
        }
    }

    private IEnumerable<long> SchemaNumbers(long sent)
    {
        for (var number = 0L; number <= sent; number++)
        {
            if (SchemaChanges.NamesAfter(number).ToHashSet(StringComparer.Ordinal).SetEquals(_schema))
                yield return number;
        }
    }
}
