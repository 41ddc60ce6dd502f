using System.Collections.Concurrent;
using Grap.Bolt;
using Grap.Lab.Servers;

namespace Grap.Bench;

/// <summary>What reading can be compared with: a client that issues one of the fastest query shapes known, with one
/// connection per core, and throws the bytes away.</summary>
internal sealed class RawReader(LabServer server, (string Nodes, string Relationships) shape)
{
    private const int RangeLength = 65_536;

    /// <summary>design/bolt.md's fastest shape: rows of 1,024 ids, each sought by itself.</summary>
    public static readonly (string Nodes, string Relationships) Unwound = (
        "UNWIND range($begin, $last, 1024) AS b CALL { WITH b UNWIND range(b, b + 1023) AS i "
        + "MATCH (n) WHERE id(n) = i RETURN collect([i, labels(n), properties(n)]) AS c } RETURN c",
        "UNWIND range($begin, $last, 1024) AS b CALL { WITH b UNWIND range(b, b + 1023) AS i "
        + "MATCH (x)-[r]->(y) WHERE id(r) = i "
        + "RETURN collect([i, id(x), id(y), type(r), properties(r)]) AS c } RETURN c");

    /// <summary>The shape that backups use: the ids of a row sought at once.</summary>
    public static readonly (string Nodes, string Relationships) Sought = (
        "UNWIND range($begin, $last, 1024) AS b CALL { WITH b MATCH (n) WHERE id(n) IN range(b, b + 1023) "
        + "RETURN collect([id(n), labels(n), properties(n)]) AS c } RETURN c",
        "UNWIND range($begin, $last, 1024) AS b CALL { WITH b MATCH (x)-[r]->(y) WHERE id(r) IN range(b, b + 1023) "
        + "RETURN collect([id(r), id(x), id(y), type(r), properties(r)]) AS c } RETURN c");

    /// <summary>Bytes of all records of the last reading.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    private long _bytes;

    public async Task ReadAsync(CancellationToken cancellation)
    {
        _bytes = 0;
        await using var driver = server.Connect();
        foreach (var (highest, read) in new[]
        {
            ("MATCH (n) RETURN max(id(n))", shape.Nodes),
            ("MATCH ()-[r]->() RETURN max(id(r))", shape.Relationships),
        })
        {
            var bound = await HighestAsync(driver, highest, cancellation) + 1;
            var ranges = new ConcurrentQueue<long>(Range(bound));
            await Task.WhenAll(Enumerable.Range(0, Math.Max(2, Environment.ProcessorCount))
                .Select(_ => Task.Run(() => WorkAsync(driver, read, ranges, cancellation), cancellation)));
        }
    }

    private async Task WorkAsync(
        BoltDriver driver, string text, ConcurrentQueue<long> ranges, CancellationToken cancellation)
    {
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);
        while (ranges.TryDequeue(out var begin))
        {
            var query = BoltQuery.Create(text, ("begin", begin), ("last", begin + RangeLength - 1)) with
            {
                FetchSize = -1,
            };
            await using var cursor = await connection.RunAsync(query, cancellation);
            while (await cursor.ReadAsync(cancellation))
                Interlocked.Add(ref _bytes, cursor.Record.Length);
        }
    }

    private static IEnumerable<long> Range(long bound)
    {
        for (var begin = 0L; begin < bound; begin += RangeLength)
            yield return begin;
    }

    private static async Task<long> HighestAsync(BoltDriver driver, string text, CancellationToken cancellation)
    {
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);
        await using var cursor = await connection.RunAsync(new BoltQuery(text), cancellation);
        await cursor.ReadAsync(cancellation);
        return (long)cursor.Values[0]!;
    }
}
