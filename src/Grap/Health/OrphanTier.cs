using System.Globalization;
using Grap.Backups;
using Grap.Graphs;
using Grap.Schemas;
using Grap.Servers;

namespace Grap.Health;

/// <summary>
/// Nothing is without what it belongs to, as far as a query can tell: a relationship without one of its nodes is in no
/// query's result. So the numbers of the server's own count store must agree, the declared rules must hold, and for the
/// rest stands the newest proof of a backup that looked at the store itself.
/// </summary>
internal sealed class OrphanTier(Session session, DeclaredSchema? schema, BackupShelf shelf, TimeSpan limit)
    : ISessionTier
{
    private readonly List<string> _failures = [];
    private readonly List<string> _warnings = [];

    public async Task<TierFinding> CheckAsync(CancellationToken cancellation)
    {
        var connection = await TierConnection.OpenAsync(session, limit, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await CompareCountsAsync(connection, cancellation).ConfigureAwait(false);
            if (schema is not null)
                await new DeclaredConformance(schema, connection, _failures, _warnings)
                    .CheckRulesAsync(cancellation).ConfigureAwait(false);
        }
        var evidence = FindEvidence();
        var rules = schema?.Rules.Count ?? 0;
        if (_failures.Count + _warnings.Count == 0 && evidence is null && rules == 0)
            return TierFinding.Skip("Not checked: queries do not see a relationship without its node, and no backup "
                + "was proven that would show it");
        return TierFinding.Of(Pass(evidence, rules), _failures, _warnings);
    }

    private static string Pass(string? evidence, int rules)
    {
        var held = rules switch
        {
            0 => "",
            1 => "; the rule holds",
            _ => string.Create(CultureInfo.InvariantCulture, $"; {rules} rules hold"),
        };
        return evidence is null
            ? "No orphans by rule" + held + "; relationships without their node: not checked, no backup is proven"
            : $"No orphaned relationships found ({evidence}){held}";
    }

    // Every relationship has one type. The store counts both at every commit, so they may differ only where somebody
    // committed between the questions: then it is asked again.
    private async Task CompareCountsAsync(TierConnection connection, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = await TransactionAsync().ConfigureAwait(false);
            var types = await connection.RowsAsync(
                "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType", cancellation)
                .ConfigureAwait(false);
            var all = (await connection.CountAsync("MATCH ()-[r]->() RETURN count(r)", cancellation)
                .ConfigureAwait(false))[0];
            var sum = 0L;
            foreach (var type in types)
                sum += (await connection.CountAsync(
                    $"MATCH ()-[r:{CypherName.Quote((string)type[0]!)}]->() RETURN count(r)", cancellation)
                    .ConfigureAwait(false))[0];
            if (all == sum)
                return;
            if (before is not null && before == await TransactionAsync().ConfigureAwait(false))
            {
                _failures.Add(string.Create(CultureInfo.InvariantCulture,
                    $"The server counts {all} relationships, and {sum} of all types together: its store is damaged"));
                return;
            }
        }

        async Task<string?> TransactionAsync() => await connection.Connection
            .ReadBookmarkAsync(session.Database, cancellation).ConfigureAwait(false);
    }

    /// <summary>What the newest backup that could show an orphan showed; null where there is none. What it showed that
    /// is wrong is a finding.</summary>
    private string? FindEvidence()
    {
        if (shelf.TryBackups().FirstOrDefault(CouldShow) is not { } backup)
            return null;
        var name = string.Create(
            CultureInfo.InvariantCulture, $"backup '{backup.Id}' of {backup.CreatedAt:yyyy-MM-dd}");
        if (backup.FailedLevel != VerificationLevel.None)
            _failures.Add($"The proof of {name} found damage: {backup.Problem}");
        return backup.Method == BackupMethod.Bolt
            ? $"every relationship in {name} has both its nodes"
            : $"neo4j-admin database check of {name}";
    }

    // Neo4j's own check runs on a physical backup that is restored; in a logical one that shows a single moment, the
    // level Structure has looked for both nodes of every relationship.
    private static bool CouldShow(Backup backup) => backup.Method == BackupMethod.Bolt
        ? backup is { Exactness: Exactness.Exact, VerifiedLevel: >= VerificationLevel.Structure }
            || backup.FailedLevel >= VerificationLevel.Structure
        : backup.VerifiedLevel == VerificationLevel.Restore || backup.FailedLevel == VerificationLevel.Restore;
}
