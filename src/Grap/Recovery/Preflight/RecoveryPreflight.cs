using System.Globalization;
using Grap.Backups;
using Grap.Reports;
using Grap.Servers.Installations;

namespace Grap.Recovery.Preflight;

/// <summary>What the recovery of a backup needs, and what there is of it, found out before anything is touched. A
/// value: nothing is asked or changed.</summary>
public sealed record RecoveryPreflight
{
    // What tells a plugin in the names of its files, where that is not the prefix of its procedures.
    private static readonly Dictionary<string, string> s_fileNames = new(StringComparer.Ordinal)
    {
        ["gds"] = "graph-data-science",
        ["n10s"] = "neosemantics",
    };

    /// <summary>The backup.</summary>
    public required string BackupId { get; init; }
    /// <summary>Its database.</summary>
    public required string Database { get; init; }
    /// <summary>Each thing that is needed.</summary>
    public required IReadOnlyList<PreflightItem> Items { get; init; }
    /// <summary>Whether nothing is missing without which the recovery is certain to fail.</summary>
    public bool CanRun => Items.All(static item => item.Outcome != PreflightOutcome.Missing);

    /// <summary>Compares what a backup says of itself with the place where it, or a part of it, is to be
    /// restored.</summary>
    internal static RecoveryPreflight Of(BackupManifest manifest, StagingPlace place, RecoveredPart? part = null)
    {
        var items = new List<PreflightItem> { OfNeo4j(manifest, place) };
        if (place.Neo4j.Value is { } installation)
        {
            items.Add(OfJava(installation, place));
            // A physical backup is restored by the very version and edition that declared it.
            if (manifest.Method == BackupMethod.Bolt)
                items.Add(OfSchema(manifest, installation, new RestoreFilter(part?.Options ?? new RestoreOptions())));
            if (manifest.Source.Plugins.Count > 0)
                items.Add(OfPlugins(manifest.Source.Plugins, place.PluginFiles));
        }
        var needs = StagingNeeds.Of(manifest, place.Neo4j.Value?.Edition, part);
        items.Add(OfSpace(needs, place));
        items.Add(OfMemory(needs, place));
        return new RecoveryPreflight { BackupId = manifest.Id, Database = manifest.Source.Database, Items = items };
    }

    /// <summary>What is certain to make it fail, each as sentences.</summary>
    internal IReadOnlyList<string> Obstacles =>
    [
        .. Items.Select(static item => item.Obstacle).OfType<GrapException>()
            .Select(static each => $"{each.Message} {each.RecommendedAction}"),
    ];

    /// <summary>Refuses what is certain to fail.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: no Neo4j that can read the
    /// backup, or no Java for it; <see cref="GrapCondition.ScratchFull"/>.</exception>
    internal void ExpectCanRun()
    {
        var obstacles = Items.Select(static item => item.Obstacle).OfType<GrapException>().ToList();
        if (obstacles is not [var first, ..])
            return;
        throw new GrapException(first.Condition,
            $"Backup '{BackupId}' cannot be recovered here, and nothing was touched. "
            + string.Join(' ', obstacles.Select(static each => each.Message)),
            string.Join(' ', obstacles.Select(static each => each.RecommendedAction)), BackupId);
    }

    private static PreflightItem OfNeo4j(BackupManifest manifest, StagingPlace place)
    {
        var source = manifest.Source;
        var isLogical = manifest.Method == BackupMethod.Bolt;
        var needed = $"{source.ServerVersion} {source.Edition}" + (isLogical ? " or newer" : "");
        if (place.Neo4j.Value is not { } found)
            return Missing(PreflightSubject.Neo4j, needed, place.Neo4j.Problem!);
        var isOlder = Version.TryParse(source.ServerVersion, out var version) && found.Number < version;
        return Enough(PreflightSubject.Neo4j, !isOlder, needed, $"{Name(found)} in '{found.Home}'",
            "Staging's Neo4j is older than the one that the backup was taken from: values of newer types cannot be "
            + "restored, which only shows when they are written.");
    }

    private static PreflightItem OfJava(Neo4jInstallation installation, StagingPlace place)
    {
        var needed = string.Create(CultureInfo.InvariantCulture, $"{installation.RequiredJava} or newer");
        return place.Java.Value is { } java
            ? new PreflightItem(PreflightSubject.Java, PreflightOutcome.Met, needed,
                string.Create(CultureInfo.InvariantCulture, $"{java.Major} in '{java.Home}'"))
            : Missing(PreflightSubject.Java, needed, place.Java.Problem!);
    }

    // What staging could not hold is an error of its validation, so there is no use in beginning.
    private static PreflightItem OfSchema(
        BackupManifest manifest, Neo4jInstallation installation, RestoreFilter filter)
    {
        var schema = filter.Of(manifest.Schema);
        var needed = string.Create(CultureInfo.InvariantCulture,
            $"{schema.Constraints.Count} constraints, {schema.Indexes.Count} indexes");
        var target = TargetCapabilities.Of(
            installation.Version, installation.EditionName, manifest.Source.Protocol);
        var lost = SchemaPlan.Of(schema, target, filter).NotCarried;
        return lost.Count == 0
            ? new PreflightItem(PreflightSubject.Schema, PreflightOutcome.Met, needed, "all of them")
            : Missing(PreflightSubject.Schema, needed, new GrapException(GrapCondition.ScratchServerUnavailable,
                $"Staging, Neo4j {Name(installation)}, cannot hold {string.Join(' ', lost)}",
                $"Unpack Neo4j {manifest.Source.ServerVersion} ({manifest.Source.Edition}) and set NEO4J_HOME to its "
                + "folder.", installation.Version));
    }

    private static PreflightItem OfPlugins(IReadOnlyList<string> needed, IReadOnlyList<string> files)
    {
        var absent = needed.Where(plugin => !files.Any(file => file.Contains(
            s_fileNames.GetValueOrDefault(plugin, plugin), StringComparison.OrdinalIgnoreCase))).ToList();
        return Enough(PreflightSubject.Plugins, absent.Count == 0,
            string.Join(", ", needed), files.Count == 0 ? "none" : string.Join(", ", files),
            $"The backup's server had {string.Join(", ", absent)}, and by the names of its plugins' files staging has "
            + "not: the graph is restored all the same, but assertions that call them fail.");
    }

    private static PreflightItem OfSpace(StagingNeeds needs, StagingPlace place)
    {
        var (needed, found) = ($"about {Readable.Bytes(needs.Bytes)}",
            $"{Readable.Bytes(place.FreeBytes)} free for '{place.Folder}'");
        if (place.FreeBytes < needs.LeastBytes)
        {
            return Missing(PreflightSubject.Space, needed, found, new GrapException(GrapCondition.ScratchFull,
                $"There is no room for staging in '{place.Folder}': it needs {Readable.Bytes(needs.LeastBytes)} at "
                + $"the very least, and {Readable.Bytes(place.FreeBytes)} are free.",
                "Free space on that disk. Staging lives in the user's local application data (XDG_DATA_HOME on Linux).",
                place.Folder));
        }
        return Enough(PreflightSubject.Space, place.FreeBytes >= needs.Bytes, needed, found,
            $"The disk of staging may become full: it takes {needed}, and there are {found}.");
    }

    private static PreflightItem OfMemory(StagingNeeds needs, StagingPlace place)
    {
        var needed = $"about {Readable.Bytes(needs.MemoryBytes)}";
        var found = $"{Readable.Bytes(place.FreeMemory)} free";
        return Enough(PreflightSubject.Memory, place.FreeMemory >= needs.MemoryBytes, needed, found,
            $"The memory may not be enough: staging takes {needed}, and there are {found}.");
    }

    private static PreflightItem Enough(
        PreflightSubject subject, bool isEnough, string needed, string found, string remark) => isEnough
        ? new(subject, PreflightOutcome.Met, needed, found)
        : new(subject, PreflightOutcome.Warning, needed, found, remark);

    private static PreflightItem Missing(PreflightSubject subject, string needed, GrapException obstacle) =>
        Missing(subject, needed, "none", obstacle);

    private static PreflightItem Missing(
        PreflightSubject subject, string needed, string found, GrapException obstacle) =>
        new(subject, PreflightOutcome.Missing, needed, found, $"{obstacle.Message} {obstacle.RecommendedAction}")
        {
            Obstacle = obstacle,
        };

    private static string Name(Neo4jInstallation installation) => $"{installation.Version} {installation.EditionName}";
}
