using Grap.Lab.Graphs;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Reading;

/// <summary>What Grap.Bolt reads is what Neo4j's official JavaScript driver reads, element by element and bit by
/// bit.</summary>
public sealed class IndependentReadingTests(ServerPool pool)
{
    private readonly JavaScriptDriver _official = new();

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public Task Both_read_the_same_hostile_graph(string version) =>
        CompareAsync(version, new GraphOptions(GraphName.Hostile));

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public Task Both_read_the_same_generated_graph(string version) =>
        CompareAsync(version, new GraphOptions(GraphName.Generated, 2000));

    private async Task CompareAsync(string version, GraphOptions graph)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);
        var (nodes, relationships) = await borrowed.LoadAsync(graph, cancellation);

        var expected = await _official.DumpAsync(borrowed.Server, cancellation);
        var actual = await RawGraph.ReadAsync(borrowed.Server, cancellation);

        Assert.Equal(nodes + relationships, expected.Count);
        Assert.Equal(expected.Count, actual.Count);
        for (var index = 0; index < expected.Count; index++)
            Assert.Equal(expected[index], actual[index]);
    }
}
