using Grap.Servers.Control;
using Xunit;

namespace Grap.Tests.Unit.Servers.Control;

public sealed class ServerControlOptionsTests
{
    public static TheoryData<ServerControlOptions> Unclear { get; } = new(
        new ServerControlOptions(),
        new ServerControlOptions { SystemdUnit = "neo4j", Container = "neo4j" },
        new ServerControlOptions { StopCommand = "stop" },
        new ServerControlOptions { StartCommand = "start" },
        new ServerControlOptions { Home = "/neo4j", StartCommand = "start", StopCommand = "stop" },
        new ServerControlOptions { Configuration = "/conf", Container = "neo4j" },
        new ServerControlOptions { SystemdUnit = "--root=/tmp" },
        new ServerControlOptions { SystemdUnit = "neo4j other" },
        new ServerControlOptions { Container = "-f" },
        new ServerControlOptions { Container = "a;b" },
        new ServerControlOptions { Container = "" });

    [Theory]
    [MemberData(nameof(Unclear))]
    public void What_is_not_exactly_one_way_is_refused(ServerControlOptions options) => Assert.Equal(
        GrapCondition.SettingInvalid,
        Assert.Throws<GrapException>(() => options.Create(TimeProvider.System)).Condition);

    [Fact]
    public void Each_way_says_what_it_is()
    {
        Assert.Equal("systemd unit neo4j@a.service", Describe(new() { SystemdUnit = "neo4j@a.service" }));
        Assert.Equal("Docker container graph_1", Describe(new() { Container = "graph_1" }));
        Assert.Equal("the commands given", Describe(new() { StopCommand = "a", StartCommand = "b" }));
        Assert.Contains("neo4j", Describe(new() { Home = "/opt/neo4j" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_keeps_all_but_commands()
    {
        var options = new ServerControlOptions { Home = "/neo4j", Configuration = "/conf" };
        Assert.Equal(options, ServerControlOptions.FromDetails(options.ToDetails().ToDictionary()));
        var commands = new ServerControlOptions { StopCommand = "secret", StartCommand = "secret" };
        Assert.Empty(commands.ToDetails());
        Assert.DoesNotContain("secret", commands.ToString(), StringComparison.Ordinal);
    }

    private static string Describe(ServerControlOptions options) => options.Create(TimeProvider.System).Description;
}
