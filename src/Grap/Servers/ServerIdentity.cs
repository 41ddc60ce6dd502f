using Grap.Bolt;

namespace Grap.Servers;

/// <summary>What a server says it is, and the name of the database that a connection ends up in.</summary>
internal sealed record ServerIdentity(string Version, string Edition, string Database, string CypherPrefix)
{
    public static async Task<ServerIdentity> ReadAsync(
        BoltConnection connection, string? database, CancellationToken cancellation)
    {
        var components = await connection.ReadAllAsync(
            new BoltQuery("CALL dbms.components() YIELD name, versions, edition RETURN name, versions, edition")
            {
                Database = database,
            }, cancellation).ConfigureAwait(false);
        var kernel = components.Find(static row => row[0] is "Neo4j Kernel") ?? components[0];
        var version = (kernel[1] as IReadOnlyList<object?>) is [string first, ..] ? first : "";

        var info = await connection.ReadAllAsync(
            new BoltQuery("CALL db.info() YIELD name RETURN name") { Database = database }, cancellation)
            .ConfigureAwait(false);
        // Where a server knows more than one Cypher, its default may be one without id(); where it knows one, the
        // prefix is an error.
        var severalCyphers = components.Any(row => row[0] is "Cypher");
        return new ServerIdentity(
            version, kernel[2] as string ?? "", info[0][0] as string ?? database ?? "neo4j",
            severalCyphers ? "CYPHER 5 " : "");
    }
}
