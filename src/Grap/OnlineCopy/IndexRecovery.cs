using System.Globalization;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.OnlineCopy;

/// <summary>
/// Waits until the indexes of a recovered database are built, and drops those that never will be. A unique constraint
/// is two transactions, its index first; where the log ends between them the index stays as it is at 100 % for ever,
/// owned by nothing. The graph is sound. On 5.13.0 such an index comes online instead, and is one like any other: it
/// serves queries and lets equal values in.
/// </summary>
internal sealed class IndexRecovery(Session session, TimeProvider time)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(200);

    // An index that is about to come online shows 100 % too, for a moment.
    private static readonly TimeSpan s_orphanPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>The indexes that were dropped.</summary>
    public IReadOnlyList<string> Dropped { get; private set; } = [];

    /// <summary>Indexes that failed, by name, with the reason that the server gives.</summary>
    public IReadOnlyDictionary<string, string> Failed { get; private set; } = new Dictionary<string, string>();

    /// <summary>Returns when every index is online, failed, or dropped.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RestoreFailed"/>: one makes no progress.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var connection = await session.ConnectAsync(BoltAccessMode.Write, cancellation).ConfigureAwait(false);
        await using var borrowed = connection.ConfigureAwait(false);
        var changedAt = time.GetTimestamp();
        List<IndexState> before = [];
        while (true)
        {
            var waiting = await ReadUnfinishedAsync(connection, cancellation).ConfigureAwait(false);
            if (waiting.Count == 0)
                return;
            if (!waiting.SequenceEqual(before))
                (before, changedAt) = (waiting, time.GetTimestamp());
            var still = time.GetElapsedTime(changedAt);
            if (still > s_orphanPatience && waiting.TrueForAll(static index => index.LooksOrphaned))
            {
                foreach (var index in waiting)
                    await connection.ReadAllAsync(Drop(index.Name), cancellation).ConfigureAwait(false);
                Dropped = [.. waiting.Select(static index => index.Name)];
                return;
            }
            if (still > s_patience)
                throw Stuck(waiting[0]);
            await Task.Delay(s_pollInterval, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<List<IndexState>> ReadUnfinishedAsync(BoltConnection connection, CancellationToken cancellation)
    {
        var rows = await connection.ReadAllAsync(Query(
            "SHOW INDEXES YIELD name, state, populationPercent, owningConstraint, failureMessage "
            + "WHERE state <> 'ONLINE' "
            + "RETURN name, state, populationPercent, owningConstraint, failureMessage ORDER BY name"), cancellation)
            .ConfigureAwait(false);
        Failed = rows.Where(static row => row[1] is "FAILED")
            .ToDictionary(static row => (string)row[0]!, static row => row[4] as string ?? "");
        return
        [
            .. rows.Where(static row => row[1] is not "FAILED").Select(static row => new IndexState(
                (string)row[0]!, Convert.ToDouble(row[2], CultureInfo.InvariantCulture), row[3] as string)),
        ];
    }

    private BoltQuery Drop(string name) =>
        Query($"DROP INDEX `{name.Replace("`", "``")}`") with { Mode = BoltAccessMode.Write };

    private BoltQuery Query(string text) => new(session.CypherPrefix + text) { Database = session.Database };

    private static GrapException Stuck(IndexState index) => new(GrapCondition.RestoreFailed,
        $"Index '{index.Name}' stays at {index.Percent:0.#} % and does not come online.",
        "Look at the source: an index that is not online there is not online in its backups either.", index.Name);

    private sealed record IndexState(string Name, double Percent, string? OwningConstraint)
    {
        public bool LooksOrphaned => Percent >= 100 && OwningConstraint is null;
    }
}
