namespace Grap.Lab.Graphs;

/// <summary>Every kind of index and constraint that Community has, by version, with options where there are
/// any.</summary>
public static class HostileSchema
{
    /// <summary>The statements that create it. What they name exists in <see cref="HostileGraph"/>.</summary>
    public static IEnumerable<string> Statements(string version)
    {
        var number = Version.Parse(version);
        foreach (var statement in s_everyVersion)
            yield return statement;
        foreach (var statement in number < new Version(5, 15) ? s_vectorByProcedure : s_vector)
            yield return statement;
        if (number >= new Version(5, 26))
            yield return "CREATE VECTOR INDEX vector_options FOR (n:Vector) ON (n.other) OPTIONS { indexConfig: "
                + "{ `vector.dimensions`: 3, `vector.similarity_function`: 'euclidean', `vector.hnsw.m`: 8, "
                + "`vector.hnsw.ef_construction`: 40, `vector.quantization.enabled`: false } }";
    }

    private static readonly string[] s_everyVersion =
    [
        "CREATE CONSTRAINT `odd ``name`` 👍` FOR (n:`odd ``label`` 👍`) REQUIRE n.`odd ``key`` 👍` IS UNIQUE",
        "CREATE CONSTRAINT unique_node FOR (n:Unique) REQUIRE n.key IS UNIQUE",
        "CREATE CONSTRAINT unique_pair FOR (n:Unique) REQUIRE (n.first, n.second) IS UNIQUE "
            + "OPTIONS { indexProvider: 'range-1.0' }",
        "CREATE CONSTRAINT unique_relationship FOR ()-[r:UNIQUE]-() REQUIRE r.key IS UNIQUE",
        "CREATE CONSTRAINT unique_relationship_pair FOR ()-[r:UNIQUE]-() REQUIRE (r.first, r.second) IS UNIQUE",
        "CREATE RANGE INDEX range_node FOR (n:Indexed) ON (n.integer)",
        "CREATE RANGE INDEX range_composite FOR (n:Indexed) ON (n.integer, n.string, n.`a b`)",
        "CREATE RANGE INDEX range_relationship FOR ()-[r:INDEXED]-() ON (r.integer)",
        "CREATE TEXT INDEX text_node FOR (n:Indexed) ON (n.string) OPTIONS { indexProvider: 'text-2.0' }",
        "CREATE TEXT INDEX text_old FOR (n:Indexed) ON (n.other) OPTIONS { indexProvider: 'text-1.0' }",
        "CREATE TEXT INDEX text_relationship FOR ()-[r:INDEXED]-() ON (r.string)",
        "CREATE POINT INDEX point_node FOR (n:Indexed) ON (n.pointWgs84) OPTIONS { indexConfig: { "
            + "`spatial.wgs-84.min`: [-90.0, -45.0], `spatial.wgs-84.max`: [90.0, 45.0], "
            + "`spatial.cartesian.min`: [-100.0, -100.0], `spatial.cartesian.max`: [100.0, 100.0] } }",
        "CREATE POINT INDEX point_relationship FOR ()-[r:INDEXED]-() ON (r.pointCartesian)",
        "CREATE FULLTEXT INDEX fulltext_node FOR (n:Indexed|Unique|`a b`) ON EACH [n.string, n.other, n.`a b`] "
            + "OPTIONS { indexConfig: { `fulltext.analyzer`: 'german', `fulltext.eventually_consistent`: true } }",
        "CREATE FULLTEXT INDEX fulltext_relationship FOR ()-[r:INDEXED|UNIQUE]-() ON EACH [r.string]",
    ];

    private static readonly string[] s_vectorByProcedure =
    [
        "CALL db.index.vector.createNodeIndex('vector_node', 'Vector', 'embedding', 3, 'cosine')",
    ];

    private static readonly string[] s_vector =
    [
        "CREATE VECTOR INDEX vector_node FOR (n:Vector) ON (n.embedding) OPTIONS { indexConfig: "
            + "{ `vector.dimensions`: 3, `vector.similarity_function`: 'cosine' } }",
        "CREATE VECTOR INDEX vector_relationship FOR ()-[r:VECTOR]-() ON (r.embedding) OPTIONS { indexConfig: "
            + "{ `vector.dimensions`: 3, `vector.similarity_function`: 'euclidean' } }",
    ];
}
