using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>What must be true of the graph after every transaction, whatever was written. Each query finds what breaks
/// it, and nothing in a sound graph.</summary>
internal sealed class InvariantCheck(Reading database, WorkloadSize size)
{
    private const string FewRows = " LIMIT 3";

    private static readonly (string Promise, string Broken)[] s_invariants =
    [
        ("Transfers keep the sum of all balances",
            "MATCH (a:Account) WITH sum(a.balance) AS sum WHERE sum <> $accounts * $balance RETURN sum"),
        ("A text has the length, and numbers the sum, that stand beside them",
            """
            MATCH (i:Item)
            WHERE size(i.text) <> i.length OR reduce(sum = 0, number IN i.numbers | sum + number) <> i.sum
                OR size(keys(i)) <> 10
            RETURN i.key
            """),
        ("A label has as many items as its counters say",
            """
            MATCH (c:LabelCount)
            OPTIONAL MATCH (i:Item { writer: c.writer }) WHERE c.label IN labels(i)
            WITH c, count(i) AS items WHERE items <> c.count
            RETURN c.writer, c.label, items
            """),
        ("A chain's links are as many as its length, each but the last with one next",
            """
            MATCH (c:Chain)
            OPTIONAL MATCH (l:Link { writer: c.writer })
            WITH c, l, count { (l)-[:NEXT]->() } AS nexts
            WITH c, count(l) AS links, sum(nexts) AS nexts
            WHERE links <> c.length OR (links > 0 AND nexts <> links - 1)
            RETURN c.writer, links, nexts
            """),
        ("A node has the relationships that are counted in it",
            """
            MATCH (i:Item) WHERE count { (i)-[:TOUCHES]->(:Hub) } <> i.touches OR count { (i)--() } <> i.touches
            RETURN i.key
            """),
        ("The ballast is what was loaded, but for its stamps",
            $"""
            MATCH (b:Ballast)
            WHERE b.text <> {Foundation.BallastText} OR (b.stamp IS NULL) <> (b.twice IS NULL) OR b.twice <> 2 * b.stamp
            RETURN b.number
            """),
        ("The ballast's relationships lead where they led",
            $"""
            MATCH (b:Ballast)-[r:BESIDE]->(other) WHERE other.number <> {Foundation.BallastNeighbour}
            RETURN b.number, r.number
            """),
        ("Keys are unique",
            "MATCH (i:Item) WITH i.key AS key, count(*) AS items WHERE items > 1 OR key IS NULL RETURN key"),
    ];

    /// <summary>Returns what is broken.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var problems = new List<string>();
        foreach (var (promise, broken) in s_invariants)
        {
            var rows = await database.TextsAsync(broken + FewRows,
                ("accounts", (long)WorkloadSize.Accounts), ("balance", WorkloadSize.OpeningBalance),
                ("ballast", (long)size.Ballast));
            if (rows.Count > 0)
                problems.Add($"{promise}. Not so: {string.Join("; ", rows)}");
        }
        return problems;
    }
}
