using CsCheck;
using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Recovery.Bulk;
using Grap.Tests.Unit.Comparison;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Bulk;

/// <summary>What of a graph goes into files, and what is left for Bolt.</summary>
public sealed class CsvGraphTests : IDisposable
{
    private static readonly string[] s_keys = ["a", "b", "c d"];

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-csv-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_odd_is_left_with_everything_that_hangs_on_it()
    {
        var graph = new ModelGraph();
        graph.Nodes[0] = ElementBytes.Node(0, ["A"], ("a", 1L));
        graph.Nodes[1] = ElementBytes.Node(1, ["A"], ("a", double.NaN));
        graph.Nodes[2] = ElementBytes.Node(2, ["odd label"]);
        graph.Nodes[70_000] = ElementBytes.Node(70_000);
        graph.Relationships[0] = ElementBytes.Relationship(0, 0, 70_000, "KNOWS");
        graph.Relationships[1] = ElementBytes.Relationship(1, 0, 1, "KNOWS");
        graph.Relationships[2] = ElementBytes.Relationship(2, 2, 0, "KNOWS");
        graph.Relationships[3] = ElementBytes.Relationship(3, 0, 0, "KNOWS", ("a", new byte[1]));
        graph.Relationships[4] = ElementBytes.Relationship(4, 0, 0, "odd:type");

        var files = await CsvGraph.TryWriteAsync(graph, _folder, new Progress<double>(), Cancellation);

        Assert.Equal([1L, 2L], files!.LeftNodes.Order());
        Assert.Equal([1L, 2L, 3L, 4L], files.LeftRelationships.Order());
        Assert.True(files.Kept.TryGet(70_000, out var kept) && kept == 70_000);
        Assert.False(files.Kept.TryGet(1, out _));
        Assert.Equal(["0\t1", "70000"], Rows("nodes"));
        Assert.Equal(["0\t70000"], Rows("relationships"));
        Assert.Equal(3, files.Arguments.Count(static argument => argument.StartsWith("--nodes=", StringComparison.Ordinal)
            || argument.StartsWith("--relationships=KNOWS=", StringComparison.Ordinal)));

        await using var left = new LeftElements(graph, files);
        Assert.Equal([graph.Nodes[1], graph.Nodes[2]], await ReadAsync(left, BlockKind.Nodes));
        Assert.Equal(
            [graph.Relationships[1], graph.Relationships[2], graph.Relationships[3], graph.Relationships[4]],
            await ReadAsync(left, BlockKind.Relationships));
    }

    [Fact]
    public async Task Where_most_would_be_left_nothing_is_imported()
    {
        var graph = new ModelGraph();
        for (var id = 0; id < 40_000; id++)
            graph.Nodes[id] = ElementBytes.Node(id, ["A"], ("a", id % 10 == 0 ? 1L : double.NaN));

        Assert.Null(await CsvGraph.TryWriteAsync(graph, _folder, new Progress<double>(), Cancellation));
    }

    [Theory]
    [InlineData(1, 100_000, true)]
    [InlineData(1, 131_072, false)] // which Linux would not start a process with
    [InlineData(6, 100_000, false)]
    public void What_is_more_than_a_process_can_be_given_is_seen_before(int count, int bytes, bool can)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows takes less.");
        // An umlaut has two bytes.
        Assert.Equal(can, BulkImport.CanBeGiven([.. Enumerable.Repeat(new string('ä', bytes / 2), count)]));
    }

    [Fact]
    public void Of_any_graph_every_element_is_in_the_files_or_left()
    {
        var values = Gen.OneOf<object?>(
            Gen.Long.Select(static value => (object?)value), Gen.Double.Select(static value => (object?)value),
            Gen.Bool.Select(static value => (object?)value), Gen.String.Select(static value => (object?)value));
        Gen.Select(Gen.Int[0, 2].Select(static key => s_keys[key]), values).Array[0, 3].Array[0, 20].Sample(nodes =>
        {
            var graph = new ModelGraph();
            foreach (var (id, properties) in nodes.Index())
            {
                graph.Nodes[id] = ElementBytes.Node(
                    id, ["A"], [.. properties.DistinctBy(static property => property.Item1)]);
            }
            var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
            var files = CsvGraph.TryWriteAsync(graph, folder, new Progress<double>(), Cancellation)
                .GetAwaiter().GetResult()!;
            return graph.Nodes.Keys.All(id => files.LeftNodes.Contains(id) != files.Kept.TryGet(id, out _));
        }, iter: 200);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string> Rows(string kind) => Directory.EnumerateFiles(_folder, kind + "*.csv")
        .SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal);

    private static async Task<List<byte[]>> ReadAsync(LeftElements source, BlockKind kind)
    {
        var elements = new List<byte[]>();
        foreach (var firstId in source.Ranges(kind))
        {
            await source.ReadAsync(kind, firstId, part =>
            {
                var reader = new PackStreamReader(part.Content.Span);
                while (!reader.AtEnd)
                    elements.Add(reader.Skip().ToArray());
                return ValueTask.CompletedTask;
            }, Cancellation);
        }
        return elements;
    }
}
