using System.Globalization;
using Grap.Backups;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Schemas;
using Grap.Servers;

namespace Grap.Health;

/// <summary>The database is what was declared; where nothing was, what the last proven backup holds.</summary>
internal sealed class SchemaTier(Session session, DeclaredSchema? declared, BackupShelf shelf, TimeSpan limit)
    : ISessionTier
{
    private const string Failed = "FAILED";

    private readonly List<string> _failures = [];
    private readonly List<string> _warnings = [];

    public async Task<TierFinding> CheckAsync(CancellationToken cancellation)
    {
        var connection = await TierConnection.OpenAsync(session, limit, cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var live = await SchemaReader.ReadAsync(connection.Connection, session, cancellation).ConfigureAwait(false);
        CheckIndexStates(live);
        if (declared is not null)
        {
            await new DeclaredConformance(declared, connection, _failures, _warnings)
                .CheckSchemaAsync(live, cancellation).ConfigureAwait(false);
            return TierFinding.Of("All graph nodes and relationships conform to schema", _failures, _warnings);
        }
        if (FindProven() is not { Manifest: { } manifest } backup)
            return _failures.Count + _warnings.Count == 0
                ? TierFinding.Skip("Not checked: no schema is declared, and there is no proven backup to compare with")
                : TierFinding.Of("", _failures, _warnings);
        CompareWithBackup(live, backup, manifest);
        await FindEmptiedLabelsAsync(connection, backup, manifest, cancellation).ConfigureAwait(false);
        return TierFinding.Of(
            $"Indexes, constraints and labels are those of proven backup '{backup.Id}'", _failures, _warnings);
    }

    /// <summary>What is to be said of those indexes that have failed, each as a sentence without its full stop.</summary>
    public static IEnumerable<string> FailedAmong(IEnumerable<GraphIndex> indexes) => indexes
        .Where(static index => index.State == Failed)
        .Select(static index => $"Index '{index.Name}' has failed; queries do not use it");

    private void CheckIndexStates(GraphSchema live)
    {
        _failures.AddRange(FailedAmong(live.Indexes));
        _warnings.AddRange(live.Indexes.Where(static index => index.State is not null and not "ONLINE" and not Failed)
            .Select(static index => $"Index '{index.Name}' is not ready yet ({index.State})"));
    }

    // What a backup holds was not declared by anybody: a difference may be meant.
    private void CompareWithBackup(GraphSchema live, Backup backup, BackupManifest manifest)
    {
        foreach (var difference in SchemaComparison.Compare(manifest.Schema, live))
        {
            _warnings.Add(difference.Change switch
            {
                ChangeKind.Removed => $"'{difference.Name}' of backup '{backup.Id}' is missing: {difference.Reference}",
                ChangeKind.Added => $"'{difference.Name}' is not in backup '{backup.Id}': {difference.Difference}",
                _ => $"'{difference.Name}' has changed since backup '{backup.Id}': was {difference.Reference}, "
                    + $"is {difference.Difference}",
            });
        }
    }

    private async Task FindEmptiedLabelsAsync(
        TierConnection connection, Backup backup, BackupManifest manifest, CancellationToken cancellation)
    {
        foreach (var (label, before) in manifest.Counts.NodesByLabel)
        {
            var count = await connection.CountAsync(
                $"MATCH (n:{CypherName.Quote(label)}) RETURN count(n)", cancellation).ConfigureAwait(false);
            if (count[0] == 0)
                _warnings.Add(string.Create(CultureInfo.InvariantCulture,
                    $"No node has label '{label}' any more; backup '{backup.Id}' has {before}"));
        }
    }

    // A dump is taken of a stopped server, whose schema nobody could ask for.
    private Backup? FindProven() => shelf.TryBackups().FirstOrDefault(static backup =>
        backup is { Status: BackupStatus.Available, Method: not BackupMethod.Dump }
        && backup.VerifiedLevel != VerificationLevel.None);
}
