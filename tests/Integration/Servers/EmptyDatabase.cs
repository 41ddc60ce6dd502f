using Grap.Lab.Graphs;
using Grap.Lab.Servers;

namespace Grap.Tests.Integration.Servers;

/// <summary>Removes all data, constraints and indexes, so that the next test finds a database as good as new (its
/// names and ids stay used).</summary>
internal static class EmptyDatabase
{
    public static async Task MakeAsync(LabServer server, CancellationToken cancellation)
    {
        await using var driver = server.Connect();
        await using var loader = await GraphLoader.OpenAsync(driver, cancellation);
        foreach (var row in await loader.RunAsync("SHOW CONSTRAINTS YIELD name"))
            await loader.RunAsync($"DROP CONSTRAINT {GraphLoader.Quote((string)row[0]!)}");
        foreach (var row in await loader.RunAsync("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'"))
            await loader.RunAsync($"DROP INDEX {GraphLoader.Quote((string)row[0]!)}");
        // In transactions of a bounded size: one that deletes everything needs more memory than a small server has.
        await loader.RunAsync(
            "MATCH ()-[r]->() CALL { WITH r DELETE r } IN TRANSACTIONS OF 5000 ROWS");
        await loader.RunAsync(
            "MATCH (n) CALL { WITH n DELETE n } IN TRANSACTIONS OF 5000 ROWS");
        foreach (var index in s_tokenLookups)
            await loader.RunAsync(index);
    }

    // A test may have dropped these, which every database begins with.
    private static readonly string[] s_tokenLookups =
    [
        "CREATE LOOKUP INDEX node_label_lookup IF NOT EXISTS FOR (n) ON EACH labels(n)",
        "CREATE LOOKUP INDEX rel_type_lookup IF NOT EXISTS FOR ()-[r]-() ON EACH type(r)",
    ];
}
