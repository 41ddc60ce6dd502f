using Grap.Bolt.PackStream;
using Grap.Recovery;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public class WriteBatchTests
{
    [Fact]
    public void Rows_are_the_parameters_of_their_query()
    {
        using var rows = Rows("q", 1, 2, 3);

        var parameters = Assert.IsType<Dictionary<string, object?>>(
            new PackStreamReader(rows.Parameters.Span).ReadValue());

        Assert.Equal(new List<object?> { 1L, 2L, 3L }, parameters["rows"]);
    }

    [Fact]
    public void A_split_batch_has_every_row_once_and_in_order()
    {
        using var batch = new WriteBatch();
        Fill(batch.For("a"), 1, 2, 3);
        Fill(batch.For("b"), 4, 5);

        var (first, second) = batch.Split()!.Value;

        using (first)
        using (second)
        {
            Assert.Equal([1L, 2L, 3L, 4L, 5L], Values(first).Concat(Values(second)));
            Assert.Equal((2, 3), (first.Count, second.Count));
        }
    }

    [Fact]
    public void A_single_row_cannot_be_split()
    {
        using var batch = new WriteBatch();
        Fill(batch.For("a"), 1);

        Assert.Null(batch.Split());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task No_two_claims_have_a_group_in_common(int writers)
    {
        var claims = new EndpointClaims(writers);
        var all = Enumerable.Range(0, claims.Pairs).ToList();
        var held = new List<int>();
        for (var i = 0; i < writers; i++)
            held.Add(all[await claims.ClaimAsync(all, TestContext.Current.CancellationToken)]);

        Assert.Equal(writers, held.Distinct().Count());
        // Whatever is held, a pair that shares a node's group with it must wait.
        foreach (var pair in held)
            Assert.False(claims.ClaimAsync([pair], TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Both_directions_of_a_pair_are_one()
    {
        var claims = new EndpointClaims(2);

        Assert.Equal(claims.PairOf(5, 6), claims.PairOf(6, 5));
        Assert.All(
            Enumerable.Range(0, 100), id => Assert.InRange(claims.PairOf(id, id * 7), 0, claims.Pairs - 1));
    }

    private static RowGroup Rows(string query, params long[] values)
    {
        var rows = new RowGroup(query);
        Fill(rows, values);
        return rows;
    }

    private static void Fill(RowGroup rows, params long[] values)
    {
        foreach (var value in values)
        {
            rows.BeginRow().Write(value);
            rows.EndRow();
        }
    }

    private static IEnumerable<long> Values(WriteBatch batch) => batch.Groups.SelectMany(static g =>
        ((List<object?>)((Dictionary<string, object?>)new PackStreamReader(g.Parameters.Span).ReadValue()!)["rows"]!)
            .Cast<long>());
}
