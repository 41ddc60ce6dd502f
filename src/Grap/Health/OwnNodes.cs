using Grap.Backups;

namespace Grap.Health;

/// <summary>How a query leaves out what Grap itself keeps in the database.</summary>
internal static class OwnNodes
{
    private static readonly string[] s_labels =
        [ProjectionFilter.Label, "AuditLogEntry", "BackupMetadata", "RecoveryState"];

    /// <summary>True of a node <c>n</c> that is Grap's own.</summary>
    public const string Condition = $"(n:{ProjectionFilter.Label} AND n.{ProjectionFilter.Repository} IS NOT NULL)";

    /// <summary><c> AND NOT …</c> for a query over nodes <c>n</c> of a label that Grap uses too; nothing for others,
    /// which spares a look at every node.</summary>
    public static string AndNot(string label) => s_labels.Contains(label) ? $" AND NOT {Condition}" : "";
}
