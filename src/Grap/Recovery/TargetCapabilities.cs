using System.Globalization;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>How a server creates vector indexes.</summary>
internal enum VectorIndexSupport
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>For nodes, by <c>db.index.vector.createNodeIndex</c>.</summary>
    NodesByProcedure,
    /// <summary>For nodes, by command.</summary>
    Nodes,
    /// <summary>For nodes and relationships, by command.</summary>
    NodesAndRelationships,
}

/// <summary>
/// What a server can hold and how it wants to be told: the one table of what differs by version and edition. Whatever
/// is not listed here, all servers since 5.0 take alike. From the changes listed in
/// https://neo4j.com/docs/cypher-manual/current/deprecations-additions-removals-compatibility/, and tried on the
/// versions that the tests run on.
/// </summary>
internal sealed record TargetCapabilities
{
    private static readonly string[] s_firstVectorSettings = ["vector.dimensions", "vector.similarity_function"];

    private static readonly string[] s_vectorSettingsOf523 =
    [
        .. s_firstVectorSettings, "vector.quantization.enabled", "vector.hnsw.m", "vector.hnsw.ef_construction",
    ];

    /// <summary>For messages: <c>Neo4j 5.13.0 community</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Key and existence constraints.</summary>
    public required bool KeyAndExistenceConstraints { get; init; }

    /// <summary>Constraints on a property's type.</summary>
    public required bool PropertyTypeConstraints { get; init; }

    /// <summary>Unique properties of relationships.</summary>
    public required bool RelationshipUniqueness { get; init; }

    /// <summary>How vector indexes are created.</summary>
    public required VectorIndexSupport VectorIndexes { get; init; }

    /// <summary>The settings of a vector index that the server knows; null where it is asked instead.</summary>
    public required IReadOnlyList<string>? VectorSettings { get; init; }

    /// <summary><c>db.create.setNodeVectorProperty</c>: lists kept as 32-bit floats.</summary>
    public required bool NodeVectorProcedure { get; init; }

    /// <summary><c>db.create.setRelationshipVectorProperty</c>.</summary>
    public required bool RelationshipVectorProcedure { get; init; }

    /// <summary>Values of the VECTOR type.</summary>
    public required bool VectorValues { get; init; }

    /// <summary>What the server of a session can hold.</summary>
    public static TargetCapabilities Of(Session session) =>
        Of(session.ServerVersion, session.Edition, session.Protocol);

    /// <summary>What a server can hold.</summary>
    /// <param name="version">As <c>5.26.30</c> or <c>2026.08.1</c>; what cannot be read counts as the newest.</param>
    /// <param name="edition"><c>community</c> or <c>enterprise</c>.</param>
    /// <param name="protocol">The Bolt version spoken, as <c>5.4</c>.</param>
    public static TargetCapabilities Of(string version, string edition, string protocol)
    {
        var since = Number(version);
        var enterprise = !edition.Equals("community", StringComparison.OrdinalIgnoreCase);
        return new TargetCapabilities
        {
            Name = $"Neo4j {version} {edition}",
            KeyAndExistenceConstraints = enterprise,
            PropertyTypeConstraints = enterprise && since >= new Version(5, 9),
            RelationshipUniqueness = since >= new Version(5, 7),
            VectorIndexes = since >= new Version(5, 18) ? VectorIndexSupport.NodesAndRelationships
                : since >= new Version(5, 15) ? VectorIndexSupport.Nodes
                : since >= new Version(5, 11) ? VectorIndexSupport.NodesByProcedure
                : VectorIndexSupport.None,
            VectorSettings = since.Major > 5 ? null
                : since >= new Version(5, 23) ? s_vectorSettingsOf523
                : s_firstVectorSettings,
            NodeVectorProcedure = since >= new Version(5, 13),
            RelationshipVectorProcedure = since >= new Version(5, 18),
            // Community's store formats refuse them, and only Bolt 6 carries them.
            VectorValues = enterprise && Number(protocol).Major >= 6,
        };
    }

    // Builds call themselves 5.26.0-SNAPSHOT, Aura 5.27-aura.
    private static Version Number(string version)
    {
        var digits = version.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').ToArray();
        var parts = new string(digits).Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Select(static part => int.Parse(part, CultureInfo.InvariantCulture)).ToList();
        return parts.Count == 0
            ? new Version(int.MaxValue, 0)
            : new Version(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }
}
