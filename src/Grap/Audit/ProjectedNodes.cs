using System.Text.Encodings.Web;
using System.Text.Json;
using Grap.Backups;
using Grap.Repositories;

namespace Grap.Audit;

/// <summary>What the repository's things look like as nodes (docs/audit.md). Every node has <c>grap_repository</c>, by
/// which backups know it as Grap's, and <c>grap_id</c>, by which it is found again.</summary>
internal sealed class ProjectedNodes(Guid repository)
{
    public const string Id = "grap_id";

    private static readonly JsonSerializerOptions s_json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The id of the node that says how far the projection is.</summary>
    public string MarkerId => $"{repository}/marker";

    /// <summary>The marker once the entry of this number and hash is projected.</summary>
    public Dictionary<string, object?> Marker(long sequence, string hash) =>
        Node(MarkerId, ("grap_sequence", sequence), ("grap_hash", hash));

    /// <summary>By its hash, not its number: what a journal that was begun anew says must not replace what the one
    /// before it said.</summary>
    public Dictionary<string, object?> Entry(JournalEntry entry) => Node($"{repository}/audit/{entry.Hash}",
        ("id", entry.Hash),
        ("sequence", entry.Sequence),
        ("timestamp", entry.Timestamp),
        ("operation", entry.Operation),
        ("actor", entry.Actor),
        ("result", entry.Result),
        ("entity_type", entry.EntityType),
        ("entity_id", entry.EntityId),
        ("details", JsonSerializer.Serialize(entry.Details, s_json)));

    public string BackupId(string id) => $"{repository}/backup/{id}";

    public Dictionary<string, object?> Backup(Backup backup) => Node(BackupId(backup.Id),
        ("id", backup.Id),
        ("status", backup.Status.ToString()),
        ("problem", backup.Problem),
        ("created_at", backup.CreatedAt),
        ("duration_seconds", backup.Duration.TotalSeconds),
        ("method", backup.Method.ToString()),
        ("exactness", backup.Exactness.ToString()),
        ("database", backup.Database),
        ("server_version", backup.ServerVersion),
        ("node_count", backup.Nodes),
        ("relationship_count", backup.Relationships),
        ("size_bytes", backup.SizeBytes),
        ("fingerprint", backup.Fingerprint),
        ("verified_level", backup.VerifiedLevel.ToString()),
        ("verified_at", backup.VerifiedAt),
        ("protected", backup.Protected),
        ("tags", backup.Tags),
        ("path", backup.Path));

    public Dictionary<string, object?> Recovery(RecoverySnapshot recovery) => Node($"{repository}/recovery",
        ("id", "recovery-current"),
        ("status", recovery.Status),
        ("progress_percent", recovery.ProgressPercent),
        ("backup_id", recovery.BackupId),
        ("started_at", recovery.StartedAt),
        ("completed_at", recovery.CompletedAt),
        ("validation_errors", recovery.ValidationErrors),
        ("promoted_to_production", recovery.PromotedToProduction));

    private Dictionary<string, object?> Node(string id, params (string Name, object? Value)[] properties)
    {
        var node = properties.ToDictionary(
            static property => property.Name, static property => property.Value, StringComparer.Ordinal);
        node[Id] = id;
        node[ProjectionFilter.Repository] = repository.ToString();
        return node;
    }
}
