using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Promotion.Applying;

public sealed class ApplyStepsTests
{
    [Theory]
    [InlineData("CreateNodes", 4, 4, 100)]
    [InlineData("CreateNodes", 4, 6, 102)]
    // The transaction that a Commit speaks of has its number: it was committed where the mark has come as far.
    [InlineData("Commit", 4, 3, 100)]
    [InlineData("Commit", 4, 4, 101)]
    // Drops carry no mark.
    [InlineData("DropSchema", 0, 0, 100)]
    public void Only_what_the_mark_tells_is_counted_as_own(string step, long number, long mark, long expected) =>
        Assert.Equal(expected, ApplySteps.TransactionAfter(Step(step, 100, number), mark));

    [Fact]
    public void What_creates_may_have_made_names_known_before()
    {
        Assert.Equal(3, ApplySteps.Unknown([Step("CreateNodes", 4, 0), Step("CreateSchema", 5, 1), Step("Applied", 8, 1)]));
        Assert.Equal(0, ApplySteps.Unknown([Step("CreateNodes", 4, 0), Step("Applied", 5, 1)]));
    }

    private static PromotionStep Step(string name, long newest, long number) =>
        new(name, DateTimeOffset.UnixEpoch, ApplySteps.Details(newest, number));
}
