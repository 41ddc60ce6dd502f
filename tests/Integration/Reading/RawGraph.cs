using Grap.Bolt;
using Grap.Lab.Servers;

namespace Grap.Tests.Integration.Reading;

/// <summary>Reads a whole graph through Grap.Bolt's raw path, as canonical lines: nodes by id, then relationships by
/// id.</summary>
internal static class RawGraph
{
    public static async Task<IReadOnlyList<string>> ReadAsync(LabServer server, CancellationToken cancellation)
    {
        await using var driver = server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);
        var lines = new List<string>();
        await ReadAsync("MATCH (n) RETURN id(n), labels(n), properties(n) ORDER BY id(n)",
            record => lines.Add(CanonicalElement.FromNode(record)));
        await ReadAsync("MATCH (a)-[r]->(b) RETURN id(r), id(a), id(b), type(r), properties(r) ORDER BY id(r)",
            record => lines.Add(CanonicalElement.FromRelationship(record)));
        return lines;

        async Task ReadAsync(string text, Action<ReadOnlySpan<byte>> each)
        {
            await using var cursor = await connection.RunAsync(new BoltQuery(text) { FetchSize = -1 }, cancellation);
            while (await cursor.ReadAsync(cancellation))
                each(cursor.Record.Span); // the record's list of columns is the element's own form
        }
    }
}
