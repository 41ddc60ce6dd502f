using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Audit;

/// <summary>What a projection did.</summary>
/// <param name="Entries">Entries of the journal that were written as nodes.</param>
/// <param name="JournalDiffers">Whether the database had seen a journal that went on differently: it was begun anew, or
/// cut short. What the database shows of that is kept.</param>
public sealed record ProjectionResult(int Entries, bool JournalDiffers);

/// <summary>
/// Writes what a repository knows into a session's database, as nodes that every Cypher client can read: audit log,
/// backups, recovery state. Only ever touches nodes that it made, so it can be repeated, stopped and run by several at
/// once. Must not run while the database is being backed up: it commits.
/// </summary>
/// <param name="session">The server and database.</param>
/// <param name="repository">The repository.</param>
public sealed class Projector(Session session, FolderRepository repository)
{
    // A node takes about a kilobyte of the server's transaction memory.
    private const int EntriesInTransaction = 1_000;

    /// <summary>The constraint that finds nodes of the projection.</summary>
    internal const string ConstraintName = $"{SchemaReader.OwnPrefix}projection_id";

    /// <summary>The statement that creates it.</summary>
    internal const string Declaration = $"CREATE CONSTRAINT {ConstraintName} IF NOT EXISTS "
        + $"FOR (n:{ProjectionFilter.Label}) REQUIRE n.{ProjectedNodes.Id} IS UNIQUE";

    private const string ByOwnId = $"{ProjectionFilter.Label} {{{ProjectedNodes.Id}: row.{ProjectedNodes.Id}}}";

    private readonly ProjectedNodes _nodes = new(repository.Id);

    /// <summary>Writes what has come since the last projection into this database; everything where there was none.
    /// Where nothing has come, nothing is committed. Throws <see cref="GrapException"/> with what the server or the
    /// journal has against it.</summary>
    public Task<ProjectionResult> UpdateAsync(CancellationToken cancellation) => RunAsync(all: false, cancellation);

    /// <summary>Writes everything again from the journal's first entry on, for a database that was restored.</summary>
    public Task<ProjectionResult> RebuildAsync(CancellationToken cancellation) => RunAsync(all: true, cancellation);

    private async Task<ProjectionResult> RunAsync(bool all, CancellationToken cancellation)
    {
        try
        {
            var connection = await session.ConnectAsync(BoltAccessMode.Write, cancellation).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            var marker = await ReadMarkerAsync(connection, cancellation).ConfigureAwait(false);
            var news = marker is var (sequence, hash) ? repository.Journal.ReadAfter(sequence, hash) : null;
            var differs = marker is not null && news is null;
            if (all || news is null)
            {
                news = [.. repository.Journal.Read()];
                await DeclareAsync(connection, cancellation).ConfigureAwait(false);
            }
            foreach (var batch in news.Chunk(EntriesInTransaction))
                await WriteAsync(connection, batch, cancellation).ConfigureAwait(false);
            return new ProjectionResult(news.Count, differs);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, session.Uri);
        }
    }

    private async Task<(long Sequence, string Hash)?> ReadMarkerAsync(
        BoltConnection connection, CancellationToken cancellation)
    {
        var rows = await connection.ReadAllAsync(Query(
            $"MATCH (n:{ProjectionFilter.Label} {{{ProjectedNodes.Id}: $id}}) RETURN n.grap_sequence, n.grap_hash",
            ("id", _nodes.MarkerId)), cancellation).ConfigureAwait(false);
        return rows is [[long sequence, string hash]] ? (sequence, hash) : null;
    }

    // Without it every MERGE would look at all nodes of the projection, and two that run at once could make one twice.
    private async Task DeclareAsync(BoltConnection connection, CancellationToken cancellation) =>
        await connection.ReadAllAsync(Query(Declaration), cancellation).ConfigureAwait(false);

    /// <summary>Writes entries, what they are about, and how far the projection is with them, in one
    /// transaction.</summary>
    private async Task WriteAsync(
        BoltConnection connection, IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        var (present, gone) = Backups(entries);
        var last = entries[^1];
        await connection.BeginAsync(Query(""), cancellation).ConfigureAwait(false);
        await MergeAsync("AuditLogEntry", entries.Select(_nodes.Entry)).ConfigureAwait(false);
        await MergeAsync("BackupMetadata", present.Select(_nodes.Backup)).ConfigureAwait(false);
        await MergeAsync("RecoveryState", [_nodes.Recovery(RecoverySnapshot.Of(repository))]).ConfigureAwait(false);
        await RunAsync($"UNWIND $rows AS row MATCH (n:{ByOwnId}) DETACH DELETE n",
            gone.Select(id => new Dictionary<string, object?> { [ProjectedNodes.Id] = _nodes.BackupId(id) }))
            .ConfigureAwait(false);
        await MergeAsync(ProjectionFilter.Label, [_nodes.Marker(last.Sequence, last.Hash)]).ConfigureAwait(false);
        await connection.CommitAsync(cancellation).ConfigureAwait(false);

        Task MergeAsync(string label, IEnumerable<Dictionary<string, object?>> rows) =>
            RunAsync($"UNWIND $rows AS row MERGE (n:{ByOwnId}) SET n = row, n:{label}", rows);

        async Task RunAsync(string text, IEnumerable<Dictionary<string, object?>> rows)
        {
            if (rows.ToList() is { Count: > 0 } list)
                await connection.ReadAllAsync(Query(text, ("rows", list)), cancellation).ConfigureAwait(false);
        }
    }

    private (List<Backup> Present, List<string> Gone) Backups(IReadOnlyList<JournalEntry> entries)
    {
        var (present, gone) = (new List<Backup>(), new List<string>());
        var ids = entries.Where(static entry => entry.EntityType == "backup").Select(static entry => entry.EntityId);
        foreach (var id in ids.Where(BackupId.IsValid).Distinct(StringComparer.Ordinal))
        {
            try
            {
                present.Add(repository.Get(id));
            }
            catch (GrapException failure) when (
                failure.Condition is GrapCondition.BackupNotFound or GrapCondition.NotAnArchive)
            {
                gone.Add(id);
            }
        }
        return (present, gone);
    }

    private BoltQuery Query(string text, params (string Name, object? Value)[] parameters) =>
        BoltQuery.Create(session.CypherPrefix + text, parameters) with
        {
            Database = session.Database,
            Mode = BoltAccessMode.Write,
        };
}
