using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>Runs the queries of a batch in the transaction that is open, and checks that each did what its rows
/// say.</summary>
internal static class RowExecution
{
    /// <summary>Runs them. Nodes that were created are put into <paramref name="created"/>, by the ids that they had in
    /// the backup.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.TargetChanged"/>: an element that was to be changed is
    /// not there.</exception>
    public static async Task RunAsync(
        BoltConnection connection, Session session, WriteBatch batch, Dictionary<long, long> created,
        CancellationToken cancellation)
    {
        foreach (var group in batch.Groups)
        {
            var done = 0L;
            var cursor = await connection.RunAsync(
                new BoltQuery(group.Query) { Parameters = group.Parameters, FetchSize = -1 }, cancellation)
                .ConfigureAwait(false);
            await using (cursor.ConfigureAwait(false))
            {
                while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                    done += Read(cursor.Record.Span, created);
            }
            if (done != group.Count)
                throw Changed(session, group.Count, done);
        }
    }

    // A number of elements that were found, a list of new ids, or one of pairs of old and new ids.
    private static long Read(ReadOnlySpan<byte> record, Dictionary<long, long> created)
    {
        var reader = new PackStreamReader(record);
        reader.ReadListHeader();
        if (reader.Peek() == PackStreamType.Integer)
            return reader.ReadInteger();
        var count = reader.ReadListHeader();
        for (var left = count; left > 0; left--)
        {
            if (reader.Peek() == PackStreamType.Integer)
            {
                reader.Skip();
                continue;
            }
            reader.ReadListHeader();
            var id = reader.ReadInteger();
            created[id] = reader.ReadInteger();
        }
        return count;
    }

    private static GrapException Changed(Session session, long sent, long done) => new(
        GrapCondition.TargetChanged,
        $"{session.Database} at {session.Uri} has {done} of {sent} elements that were to be changed: somebody else "
        + "changes it at the same time. The transaction was rolled back.",
        "Make sure that nobody writes to the database, and run the command again.", session.Uri);
}
