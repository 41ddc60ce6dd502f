using CsCheck;
using Grap.Backups;
using Xunit;

namespace Grap.Tests.Unit.Backups;

public class RowSizeTests
{
    [Fact]
    public void Rows_of_small_elements_grow_to_the_most_and_stay_there()
    {
        var row = new RowSize();
        for (var i = 0; i < 10; i++)
            row.Saw(row.Step, row.Step * 150);
        Assert.Equal(1024, row.Step);
    }

    [Fact]
    public void The_step_is_a_power_of_two_and_brings_large_elements_near_the_target() =>
        Gen.Select(Gen.Int[1, 100_000_000], Gen.Bool).Sample((bytesPerElement, shrink) =>
        {
            var row = new RowSize();
            for (var i = 0; i < 12; i++)
                row.Saw(row.Step, (int)Math.Min(int.MaxValue, (long)row.Step * bytesPerElement));
            if (shrink)
                row.Shrink();
            Assert.Equal(0, row.Step & (row.Step - 1));
            Assert.InRange(row.Step, 1, 1024);
            Assert.True(row.Step == 1 || (long)row.Step * bytesPerElement <= RowSize.TargetBytes);
            Assert.True(row.FetchSize == 2 || row.FetchSize * row.Step * bytesPerElement <= 16 << 20);
        }, iter: 500);

    [Fact]
    public void A_single_element_cannot_shrink()
    {
        var row = new RowSize();
        while (row.Step > 1)
            Assert.True(row.Shrink());
        Assert.False(row.Shrink());
    }
}
