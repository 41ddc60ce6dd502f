using Grap.Bolt;
using Grap.Servers;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>The graph before the first transaction of a writer.</summary>
internal static class Foundation
{
    private const int BallastPerTransaction = 10_000;

    /// <summary>The long string of a ballast node, in terms of its number.</summary>
    public const string BallastText =
        "'ballast ' + b.number + reduce(text = '', i IN range(1, 40) | text + ' ' + (b.number * i) % 99991)";

    /// <summary>The other end of a ballast node's relationship, in terms of its number and the
    /// relationship's.</summary>
    public const string BallastNeighbour = "(b.number * 7 + r.number * 13 + 1) % $ballast";

    private static readonly string[] s_schema =
    [
        "CREATE CONSTRAINT base_item FOR (i:Item) REQUIRE i.key IS UNIQUE",
        "CREATE CONSTRAINT base_account FOR (a:Account) REQUIRE a.number IS UNIQUE",
        "CREATE CONSTRAINT base_ballast FOR (b:Ballast) REQUIRE b.number IS UNIQUE",
        "CREATE INDEX base_version FOR (i:Item) ON (i.version)",
    ];

    /// <summary>Lays it.</summary>
    public static async Task LayAsync(
        BoltConnection connection, WorkloadSize size, int graphWriters, CancellationToken cancellation)
    {
        foreach (var schema in s_schema)
            await RunAsync(schema);
        await RunAsync("UNWIND range(0, $count - 1) AS number CREATE (:Account { number: number, balance: $balance })",
            ("count", (long)WorkloadSize.Accounts), ("balance", WorkloadSize.OpeningBalance));
        await RunAsync("UNWIND range(0, $count - 1) AS number CREATE (:Hub { number: number })",
            ("count", (long)WorkloadSize.Hubs));
        await RunAsync("UNWIND range(0, $count - 1) AS writer CREATE (:Writer { writer: writer, number: 0 })",
            ("count", (long)graphWriters));
        await RunAsync(
            """
            UNWIND range(0, $count - 1) AS writer
            CREATE (:Chain { writer: writer, length: 0 })
            WITH writer UNWIND $labels AS label
            CREATE (:LabelCount { writer: writer, label: label, count: 0 })
            """, ("count", (long)size.Writers), ("labels", Item.Tempers.Cast<object?>().ToList()));
        for (var from = 0; from < size.Ballast; from += BallastPerTransaction)
        {
            await RunAsync(
                $$"""
                UNWIND range($from, $to) AS number
                CREATE (b:Ballast { number: number }) SET b.text = {{BallastText}}
                """,
                ("from", (long)from), ("to", (long)Math.Min(from + BallastPerTransaction, size.Ballast) - 1));
        }
        for (var from = 0; from < size.Ballast; from += BallastPerTransaction)
        {
            await RunAsync(
                $$"""
                MATCH (b:Ballast) WHERE b.number >= $from AND b.number < $to
                UNWIND [{ number: 0 }, { number: 1 }] AS r
                MATCH (other:Ballast { number: {{BallastNeighbour}} })
                CREATE (b)-[:BESIDE { number: r.number }]->(other)
                """,
                ("from", (long)from), ("to", (long)from + BallastPerTransaction), ("ballast", (long)size.Ballast));
        }

        Task RunAsync(string text, params (string Name, object? Value)[] parameters) => connection.ReadAllAsync(
            BoltQuery.Create(text, parameters) with { Mode = BoltAccessMode.Write }, cancellation);
    }
}
