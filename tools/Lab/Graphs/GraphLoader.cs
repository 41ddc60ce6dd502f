using System.Buffers;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Properties = System.Collections.Generic.IReadOnlyDictionary<string, object?>;

namespace Grap.Lab.Graphs;

/// <summary>One relationship to be created.</summary>
public readonly record struct RelationshipRow(long From, long To, Properties Properties);

/// <summary>Writes graphs through one connection, in batches of a size that the server likes.</summary>
public sealed class GraphLoader : IAsyncDisposable
{
    // 5,000 rows were the fastest of what was tried; the bytes keep a batch of large rows inside the server's
    // transaction memory.
    private const int RowsPerBatch = 5000;
    private const int BytesPerBatch = 4 << 20;
    private readonly BoltConnection _connection;

    private readonly CancellationToken _cancellation;

    private GraphLoader(BoltConnection connection, CancellationToken cancellation)
    {
        _connection = connection;
        _cancellation = cancellation;
    }

    /// <summary>Borrows a connection. <paramref name="cancellation"/> ends whatever the loader is doing.</summary>
    public static async Task<GraphLoader> OpenAsync(BoltDriver driver, CancellationToken cancellation) =>
        new(await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation), cancellation);

    /// <summary>Runs a statement and returns its rows.</summary>
    public Task<IReadOnlyList<object?[]>> RunAsync(
        string text, params (string Name, object? Value)[] parameters) =>
        ReadAsync(BoltQuery.Create(text, parameters) with { Mode = BoltAccessMode.Write });

    /// <summary>Creates nodes with the same labels and returns their ids, in the order of <paramref
    /// name="rows"/>.</summary>
    public async Task<IReadOnlyList<long>> CreateNodesAsync(
        IReadOnlyList<string> labels, IEnumerable<Properties> rows)
    {
        var text = $"UNWIND $rows AS row CREATE (n{Labels(labels)}) SET n = row RETURN id(n)";
        var ids = new List<long>();
        await foreach (var record in RunInBatchesAsync(text, rows, (row, writer) => writer.WriteValue(row)))
            ids.Add((long)record[0]!);
        return ids;
    }

    /// <summary>Creates relationships of one type between nodes known by id.</summary>
    public async Task CreateRelationshipsAsync(string type, IEnumerable<RelationshipRow> rows)
    {
        var text = $"""
            UNWIND $rows AS row
            MATCH (a) WHERE id(a) = row[0]
            MATCH (b) WHERE id(b) = row[1]
            CREATE (a)-[r:{Quote(type)}]->(b) SET r = row[2]
            """;
        static void Encode(RelationshipRow row, PackStreamWriter writer)
        {
            writer.WriteListHeader(3);
            writer.Write(row.From);
            writer.Write(row.To);
            writer.WriteValue(row.Properties);
        }
        await foreach (var _ in RunInBatchesAsync(text, rows, Encode))
            throw new InvalidOperationException("Creating relationships returns nothing.");
    }

    /// <summary>Waits until every index can be used, full-text ones too.</summary>
    public async Task AwaitIndexesAsync()
    {
        await RunAsync("CALL db.awaitIndexes(300)");
        await RunAsync("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()");
    }

    /// <summary>How many nodes and relationships there are.</summary>
    public async Task<(long Nodes, long Relationships)> CountAsync()
    {
        var nodes = await RunAsync("MATCH (n) RETURN count(n)");
        var relationships = await RunAsync("MATCH ()-[r]->() RETURN count(r)");
        return ((long)nodes[0][0]!, (long)relationships[0][0]!);
    }

    /// <summary>A name as Cypher reads it back, whatever is in it.</summary>
    public static string Quote(string name) => "`" + name.Replace("`", "``") + "`";

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static string Labels(IReadOnlyList<string> labels) =>
        string.Concat(labels.Select(label => ":" + Quote(label)));

    private async Task<IReadOnlyList<object?[]>> ReadAsync(BoltQuery query)
    {
        var rows = new List<object?[]>();
        await using var cursor = await _connection.RunAsync(query with { FetchSize = -1 }, _cancellation);
        while (await cursor.ReadAsync(_cancellation))
            rows.Add(cursor.Values);
        return rows;
    }

    private async IAsyncEnumerable<object?[]> RunInBatchesAsync<T>(
        string text, IEnumerable<T> rows, Action<T, PackStreamWriter> encode)
    {
        var batch = new ArrayBufferWriter<byte>(BytesPerBatch);
        var count = 0;
        foreach (var row in rows)
        {
            encode(row, new PackStreamWriter(batch));
            if (++count < RowsPerBatch && batch.WrittenCount < BytesPerBatch)
                continue;
            foreach (var record in await SendAsync())
                yield return record;
        }
        if (count > 0)
        {
            foreach (var record in await SendAsync())
                yield return record;
        }

        Task<IReadOnlyList<object?[]>> SendAsync()
        {
            var parameters = new ArrayBufferWriter<byte>(batch.WrittenCount + 32);
            var writer = new PackStreamWriter(parameters);
            writer.WriteMapHeader(1);
            writer.Write("rows");
            writer.WriteListHeader(count);
            writer.WriteRaw(batch.WrittenSpan);
            batch.ResetWrittenCount();
            count = 0;
            var query = new BoltQuery(text) { Parameters = parameters.WrittenMemory, Mode = BoltAccessMode.Write };
            return ReadAsync(query);
        }
    }
}
