using System.Collections.Concurrent;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Asks a server what a restore will want to know of it. What it does not tell this user is noted, not an
/// error.</summary>
internal sealed class SourceReader(Session session, ConcurrentQueue<string> notes)
{
    private static readonly string[] s_settings =
    [
        "db.format", "db.temporal.timezone", "db.query.default_language", "db.transaction.timeout",
        "db.index.fulltext.default_analyzer", "db.index.fulltext.eventually_consistent",
        "db.tx_log.rotation.retention_policy", "dbms.memory.transaction.total.max", "db.memory.transaction.max",
        "dbms.security.procedures.allowlist", "dbms.security.procedures.unrestricted",
        "server.memory.heap.max_size", "server.memory.pagecache.size",
    ];

    // First parts of the names of procedures that every Neo4j has.
    private static readonly string[] s_builtIn = ["db", "dbms", "tx", "cdc", "jwt"];

    /// <summary>Reads all of it.</summary>
    public async Task<BackupSource> ReadAsync(
        BoltConnection connection, Guid? databaseId, CancellationToken cancellation)
    {
        var info = await AskAsync(connection, "the store's id",
            "CALL db.info() YIELD id, creationDate RETURN id, creationDate", cancellation).ConfigureAwait(false);
        var format = await AskAsync(connection, "the store format",
            "SHOW DATABASES YIELD name, store", cancellation).ConfigureAwait(false);
        var procedures = await AskAsync(connection, "the plugins",
            "SHOW PROCEDURES YIELD name", cancellation).ConfigureAwait(false);
        var settings = await AskAsync(connection, "the settings",
            "SHOW SETTINGS YIELD name, value", cancellation).ConfigureAwait(false);
        return new BackupSource
        {
            Uri = session.Uri,
            Database = session.Database,
            ServerVersion = session.ServerVersion,
            Edition = session.Edition,
            Protocol = session.Protocol,
            StoreId = info.FirstOrDefault() is { } i ? $"{i[0]} {i[1]}" : null,
            DatabaseId = databaseId,
            StoreFormat = format.FirstOrDefault(r => r[0] as string == session.Database)?[1] as string,
            Plugins = [.. procedures.Select(static r => ((string)r[0]!).Split('.')[0]).Distinct(StringComparer.Ordinal)
                .Except(s_builtIn, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Settings = new SortedDictionary<string, string>(
                settings.Where(static r => s_settings.Contains(r[0] as string, StringComparer.Ordinal))
                    .ToDictionary(
                        static r => (string)r[0]!, static r => r[1]?.ToString() ?? "", StringComparer.Ordinal),
                StringComparer.Ordinal),
        };
    }

    private async Task<List<object?[]>> AskAsync(
        BoltConnection connection, string what, string query, CancellationToken cancellation)
    {
        try
        {
            return await connection.ReadAllAsync(
                new BoltQuery(session.CypherPrefix + query) { Database = session.Database }, cancellation)
                .ConfigureAwait(false);
        }
        catch (BoltException failure) when (failure.Kind == BoltErrorKind.ServerFailure)
        {
            notes.Enqueue($"The server did not tell {what}: {failure.Code}.");
            return [];
        }
    }
}
