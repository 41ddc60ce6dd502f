using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>Asks the same question of an index, or of a count that the store keeps, and of the nodes and relationships
/// themselves.</summary>
internal sealed class IndexCheck(Reading database, WorkloadSize size)
{
    private static readonly (string Through, string Indexed, string Scanned)[] s_pairs =
    [
        ("the unique index of keys",
            "MATCH (i:Item) USING INDEX i:Item(key) WHERE i.key >= '' RETURN count(i), sum(i.version)",
            "MATCH (i) WHERE 'Item' IN labels(i) RETURN count(i), sum(i.version)"),
        ("the range index of versions",
            "MATCH (i:Item) USING INDEX i:Item(version) WHERE i.version > 0 RETURN count(i), sum(i.version)",
            "MATCH (i) WHERE 'Item' IN labels(i) RETURN count(i), sum(i.version)"),
        ("the unique index of the ballast, number by number",
            """
            UNWIND range(0, $ballast - 1) AS number
            MATCH (b:Ballast { number: number }) USING INDEX b:Ballast(number)
            RETURN count(b), sum(b.stamp)
            """,
            "MATCH (b) WHERE 'Ballast' IN labels(b) RETURN count(b), sum(b.stamp)"),
        ("the index of labels",
            "MATCH (i:Hot) USING SCAN i:Hot WITH i WHERE i.version > 0 RETURN count(i), sum(i.version)",
            "MATCH (i) WHERE 'Hot' IN labels(i) RETURN count(i), sum(i.version)"),
        ("the index of relationship types",
            "MATCH ()-[t:TOUCHES]->() RETURN count(t.number), sum(t.number)",
            "MATCH (i)-[t]->() WHERE type(t) = 'TOUCHES' RETURN count(t), sum(t.number)"),
        ("the hubs' own chains",
            "MATCH (h:Hub)<-[t:TOUCHES]-() RETURN count(t.number), sum(t.number)",
            "MATCH (i)-[t]->() WHERE type(t) = 'TOUCHES' RETURN count(t), sum(t.number)"),
        ("the hubs' degrees",
            "MATCH (h:Hub) RETURN sum(count { (h)<-[:TOUCHES]-() })",
            "MATCH (i)-[t]->() WHERE type(t) = 'TOUCHES' RETURN count(t)"),
        ("the count of nodes with a label",
            "MATCH (i:Item) RETURN count(i)",
            "MATCH (i) WHERE 'Item' IN labels(i) RETURN count(i)"),
        ("the count of relationships of a type",
            "MATCH ()-[t:TOUCHES]->() RETURN count(t)",
            "MATCH (i)-[t]->() WHERE type(t) = 'TOUCHES' RETURN count(t)"),
        ("the count of all nodes",
            "MATCH (n) RETURN count(n)",
            "MATCH (n) WITH labels(n) AS labels RETURN count(labels)"),
    ];

    /// <summary>Returns every disagreement, and every index that is not online.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var problems = new List<string>();
        var parameter = ("ballast", (object?)(long)size.Ballast);
        foreach (var (through, indexed, scanned) in s_pairs)
        {
            var one = (await database.TextsAsync(indexed, parameter))[0];
            var other = (await database.TextsAsync(scanned, parameter))[0];
            if (one != other)
                problems.Add($"Through {through} there is {one}, and the scan has {other}.");
        }
        problems.AddRange((await database.TextsAsync(
            "SHOW INDEXES YIELD name, state, populationPercent WHERE state <> 'ONLINE'"))
            .Select(static index => $"Index not online: {index}."));
        var texts = await database.RowsAsync(
            "SHOW INDEXES YIELD name, type WHERE type = 'FULLTEXT' AND name STARTS WITH $prefix RETURN name",
            ("prefix", SchemaChanges.Prefix));
        foreach (var index in texts)
        {
            var found = await database.TextsAsync(
                "CALL db.index.fulltext.queryNodes($name, 'ballast') YIELD node RETURN count(node)",
                ("name", index[0]));
            if (found[0] != Reading.Text(size.Ballast))
                problems.Add($"The full-text index finds {found[0]} of {size.Ballast} ballast nodes.");
        }
        return problems;
    }
}
