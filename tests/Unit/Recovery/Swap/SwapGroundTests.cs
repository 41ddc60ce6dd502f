using Grap.OnlineCopy;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Swap;
using Grap.Servers.Control;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Swap;

/// <summary>What the journal keeps of a promotion is enough for another process to go on.</summary>
public sealed class SwapGroundTests
{
    private static readonly DatabaseFiles s_live = new("neo4j", "/data", "/logs");

    [Fact]
    public void A_step_says_where_production_is_and_what_stops_it()
    {
        var ground = new SwapGround(s_live, new ServerControlOptions { SystemdUnit = "neo4j" }, Unavailable: true)
        {
            SafetyTransaction = 42,
        };

        var known = SwapGround.From("neo4j", Step(ground), new ServerControlOptions());

        Assert.Equal(("/data/databases/neo4j", "/logs/neo4j"), (known.Live.StoreFolder, known.Live.LogFolder));
        Assert.Equal((ground.Control, true, 42L), (known.Control, known.Unavailable, known.SafetyTransaction));
    }

    [Fact]
    public void What_is_given_now_counts_and_commands_are_not_kept()
    {
        var ground = new SwapGround(
            s_live, new ServerControlOptions { StopCommand = "secret", StartCommand = "secret" }, Unavailable: false);
        Assert.DoesNotContain("secret", ground.ToDetails().Values);

        var given = new ServerControlOptions { Container = "graph" };
        Assert.Equal(given, SwapGround.From("neo4j", Step(ground), given).Control);
        Assert.False(SwapGround.From("neo4j", Step(ground), new ServerControlOptions()).Control.IsGiven);
    }

    [Fact]
    public void Folders_beside_the_live_ones_bear_names_that_no_database_can_have()
    {
        var id = Guid.NewGuid();
        var names = new SwapNames(s_live, id);

        Assert.Equal($"/logs/neo4j_{id:N}_old", names.Old.LogFolder);
        Assert.Equal($"/data/databases/neo4j_{id:N}_new", names.New.StoreFolder);
        Assert.All(names.Promoting.Concat(names.Undoing), folder => Assert.Equal(
            (folder.Parent, folder.Parent),
            (Path.GetDirectoryName(folder.Incoming), Path.GetDirectoryName(folder.Outgoing))));
        Assert.Equal(
            names.Promoting.Select(folder => folder.Outgoing), names.Undoing.Select(folder => folder.Incoming));
    }

    private static PromotionStep Step(SwapGround ground) =>
        new(SwapStep.Copy, DateTimeOffset.UnixEpoch, ground.ToDetails());
}
