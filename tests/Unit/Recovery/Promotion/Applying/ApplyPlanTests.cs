using Grap.Comparison;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Recovery.Promotion.Applying;
using Grap.Tests.Unit.Comparison;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Promotion.Applying;

public sealed class ApplyPlanTests
{
    private static readonly TargetCapabilities s_community = TargetCapabilities.Of("5.26.30", "community", "5.4");

    [Fact]
    public async Task Elements_alone_that_fit_are_changed_atomically()
    {
        var plan = await PlanAsync(new GraphSchema(), new GraphSchema());
        Assert.True(plan.Atomic);
        Assert.Contains("one transaction", plan.Reason, StringComparison.Ordinal);
        Assert.Contains(plan.Describe().Steps, static step => step.Contains("create 1 and 0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false, "more than one transaction")]
    [InlineData(true, true, "as asked for")]
    public async Task What_does_not_fit_or_is_asked_for_in_steps_is_not_atomic_and_says_why(
        bool fits, bool stepwise, string reason)
    {
        var plan = await PlanAsync(
            new GraphSchema(), new GraphSchema(), fits, new ApplyOptions { Stepwise = stepwise });
        Assert.False(plan.Atomic);
        Assert.False(plan.AtOnce);
        Assert.Contains(reason, plan.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_differs_is_dropped_before_the_elements_and_created_after_them()
    {
        var present = new GraphSchema
        {
            Constraints = [Constraint("same", "A", "UNIQUENESS"), Constraint("changed", "A", "UNIQUENESS")],
            Indexes = [Index("gone")],
        };
        var wanted = new GraphSchema
        {
            Constraints = [Constraint("same", "A", "UNIQUENESS"), Constraint("changed", "B", "UNIQUENESS")],
            Indexes = [Index("new")],
        };

        var plan = await PlanAsync(present, wanted);

        Assert.False(plan.Atomic);
        Assert.True(plan.AtOnce);
        Assert.Equal(["DROP CONSTRAINT `changed` IF EXISTS", "DROP INDEX `gone` IF EXISTS"], plan.Drops);
        Assert.Equal(["changed", "new"], plan.Creates.Steps.Select(static step => step.Name));
        Assert.Equal(["same"], plan.InForce.Select(static constraint => constraint.Name));
    }

    [Fact]
    public async Task What_production_cannot_hold_is_no_difference_and_is_named()
    {
        var wanted = new GraphSchema { Constraints = [Constraint("key", "A", "NODE_KEY")] };
        var plan = await PlanAsync(new GraphSchema(), wanted);
        Assert.True(plan.Atomic);
        Assert.Equal("key", Assert.Single(plan.Describe().NotCarried).Name);
    }

    [Theory]
    [InlineData("358.40MiB", 375_809_638)]
    [InlineData("1g", 1L << 30)]
    [InlineData("0B", 0)]
    [InlineData("12", 12)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    [InlineData("no number", 0)]
    public void Sizes_are_read_as_settings_write_them(string? size, long bytes) =>
        Assert.Equal(bytes, TransactionRoom.Parse(size));

    [Fact]
    public async Task What_outgrows_the_plan_does_not_fit()
    {
        var small = await ElementsAsync(long.MaxValue);
        Assert.True(new TransactionRoom(1 << 20, true).Fits(small));
        Assert.False(new TransactionRoom(1 << 10, true).Fits(small));
        Assert.False(new TransactionRoom(long.MaxValue, true).Fits(await ElementsAsync(1)));
    }

    private static async Task<ApplyPlan> PlanAsync(
        GraphSchema present, GraphSchema wanted, bool fits = true, ApplyOptions? options = null) => ApplyPlan.Of(
        await ElementsAsync(long.MaxValue), present, wanted, s_community, fits, options ?? new ApplyOptions());

    private static Task<DifferencePlan> ElementsAsync(long mostBytes)
    {
        var wanted = new ModelGraph();
        wanted.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", 1L));
        return DifferencePlan.MakeAsync(
            new ModelGraph(), wanted, mostBytes, new GraphComparer(), null, TestContext.Current.CancellationToken);
    }

    private static GraphConstraint Constraint(string name, string label, string type) => new()
    {
        Name = name,
        Type = type,
        EntityType = "NODE",
        LabelsOrTypes = [label],
        Properties = ["p"],
    };

    private static GraphIndex Index(string name) => new()
    {
        Name = name,
        Type = "RANGE",
        EntityType = "NODE",
        LabelsOrTypes = ["A"],
        Properties = ["q"],
    };
}
