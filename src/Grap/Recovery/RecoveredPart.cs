using System.Text.Json.Serialization;
using Grap.Backups;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>What of a backup is recovered, where that is not all of it: nodes with one of the labels, and relationships of
/// one of the types whose nodes are both among them.</summary>
public sealed record RecoveredPart
{
    /// <summary>Labels; empty for all nodes.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Types; empty for all relationships between the nodes.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>The same for who restores.</summary>
    [JsonIgnore]
    internal RestoreOptions Options => new() { Labels = Labels, Types = Types };

    /// <summary>The part that labels and types make; null where there are none, and all is meant.</summary>
    public static RecoveredPart? Of(IReadOnlyList<string> labels, IReadOnlyList<string> types)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(types);
        return labels.Count == 0 && types.Count == 0 ? null : new RecoveredPart { Labels = labels, Types = types };
    }

    /// <summary>For messages: <c>nodes (:`A`|`B`), relationships [:`R`] between them</c>.</summary>
    public override string ToString() =>
        (Labels.Count == 0 ? "all nodes" : $"nodes (:{CypherName.AnyOf(Labels)})")
        + (Types.Count == 0 ? ", all relationships between them" : $", relationships [:{CypherName.AnyOf(Types)}] between them");

    /// <summary>Refuses a backup that has no such part.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.NotSupported"/>: it is one of files;
    /// <see cref="GrapCondition.SettingInvalid"/>: it has nothing with that label or type.</exception>
    internal void Expect(BackupManifest manifest)
    {
        if (manifest.Method != BackupMethod.Bolt)
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"Backup '{manifest.Id}' holds the files of a database ({manifest.Method}), of which no part can be "
                + "restored.",
                "Recover all of it with -KeepRunning, and take what you need from staging's server; or recover a part of "
                + "a backup of the method Bolt.", manifest.Id);
        }
        Expect(manifest.Id, "node labelled", "Labels", Labels, manifest.Counts.NodesByLabel);
        Expect(manifest.Id, "relationship of type", "Types", Types, manifest.Counts.RelationshipsByType);
    }

    // Most likely mistyped; an empty staging would show that only at the end.
    private static void Expect(
        string backup, string what, string all, IReadOnlyList<string> names, IReadOnlyDictionary<string, long> known)
    {
        if (names.FirstOrDefault(name => !known.ContainsKey(name)) is { } unknown)
        {
            throw new GrapException(GrapCondition.SettingInvalid, $"Backup '{backup}' has no {what} '{unknown}'.",
                $"{all} that it has: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}. Upper and lower case "
                + "differ.", unknown);
        }
    }
}
