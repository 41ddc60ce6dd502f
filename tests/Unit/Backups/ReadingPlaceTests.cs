using CsCheck;
using Grap.Archives;
using Grap.Backups;
using Xunit;

namespace Grap.Tests.Unit.Backups;

public class ReadingPlaceTests
{
    [Fact]
    public void Rows_tile_the_range_whatever_steps_are_wanted() =>
        Gen.Select(Gen.Int[0, 10].Select(static power => 1 << power).Array[1, 12], Gen.Int[1, BlockKey.RangeLength])
            .Sample((wanted, length) =>
            {
                var place = new RangePlace(BlockKind.Nodes, BlockKey.RangeLength, BlockKey.RangeLength + length);
                long next = BlockKey.RangeLength;
                for (var query = 0; !place.AtEnd; query++)
                {
                    var (stop, step) = place.Tile(wanted[query % wanted.Length]);
                    Assert.True(stop > next && stop <= BlockKey.RangeLength + length);
                    for (; next < stop; next += step)
                    {
                        Assert.Equal(0, next % step);
                        place.MoveBehind(next, step);
                    }
                }
                Assert.True(next >= BlockKey.RangeLength + length);
            }, iter: 300);

    [Fact]
    public void A_range_is_read_in_few_queries_however_small_the_first_rows_were()
    {
        var place = new RangePlace(BlockKind.Nodes, 0, BlockKey.RangeLength);
        var row = new RowSize();
        var queries = 0;
        for (long next = 0; !place.AtEnd; queries++)
        {
            var (stop, step) = place.Tile(row.Step);
            for (; next < stop; next += step)
            {
                place.MoveBehind(next, step);
                row.Saw(step, step * 100);
            }
        }

        Assert.InRange(queries, 5, 15);
    }
}
