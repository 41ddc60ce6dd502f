using Grap.Servers.Control;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Servers.Control;

/// <summary>A server counts as stopped when it is really down, and as started when its database answers.</summary>
public sealed class ControlledServerTests
{
    private readonly FakeTime _time = new() { RunsByItself = true };
    private readonly FakeServer _server = new();

    private ControlledServer Controlled => new(_server, _server, new ControlLimits(), _time);

    [Fact]
    public async Task A_server_is_waited_for_after_the_command_has_ended()
    {
        _server.LooksUntilDown = 5;
        _server.LooksUntilUp = 7;

        await Controlled.StopAsync(default);
        Assert.Equal(0, _server.LooksUntilDown);
        await Controlled.StartAsync(default);
        Assert.Equal(0, _server.LooksUntilUp);
    }

    [Fact]
    public async Task A_server_that_goes_on_running_is_an_error_that_says_how_that_is_seen()
    {
        _server.LooksUntilDown = int.MaxValue;

        var failure = await Assert.ThrowsAsync<GrapException>(() => Controlled.StopAsync(default));

        Assert.Equal(GrapCondition.ServerNotStopped, failure.Condition);
        Assert.Contains("the fake", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Its port is open.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_an_error_that_says_why()
    {
        _server.LooksUntilDown = 0;
        _server.LooksUntilUp = int.MaxValue;

        var failure = await Assert.ThrowsAsync<GrapException>(() => Controlled.StartAsync(default));

        Assert.Equal(GrapCondition.ServerNotStarted, failure.Condition);
        Assert.Contains("It recovers.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_cannot_stop_matters_only_where_something_ran(bool runs)
    {
        _server.LooksUntilDown = runs ? 3 : 0;
        _server.CommandFails = true;

        if (runs)
        {
            var failure = await Assert.ThrowsAsync<GrapException>(() => Controlled.StopAsync(default));
            Assert.Equal(GrapCondition.ServerControlFailed, failure.Condition);
        }
        else
        {
            await Controlled.StopAsync(default);
        }
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_to_stop_all_the_same()
    {
        _server.LooksUntilDown = 0;

        await Controlled.StopAsync(default);

        Assert.Equal(["stop"], _server.Commands);
    }

    [Fact]
    public async Task A_server_that_runs_is_not_started_again()
    {
        _server.LooksUntilDown = int.MaxValue;

        await Controlled.StartAsync(default);

        Assert.Empty(_server.Commands);
    }

    private sealed class FakeServer : IServerControl, IServerPresence
    {
        public int LooksUntilDown { get; set; } = 1;

        public int LooksUntilUp { get; set; }

        public bool CommandFails { get; set; }

        public List<string> Commands { get; } = [];

        public string Description => "the fake";

        public bool StartsAsThisUser => false;

        public Task StopAsync(CancellationToken cancellation) => Command("stop");

        public Task StartAsync(CancellationToken cancellation) => Command("start");

        public Task<string?> FindTraceAsync(CancellationToken cancellation)
        {
            if (LooksUntilDown == 0)
                return Task.FromResult<string?>(null);
            LooksUntilDown -= LooksUntilDown == int.MaxValue ? 0 : 1;
            return Task.FromResult<string?>("Its port is open.");
        }

        public Task<string?> FindObstacleAsync(CancellationToken cancellation)
        {
            if (LooksUntilUp == 0)
                return Task.FromResult<string?>(null);
            LooksUntilUp -= LooksUntilUp == int.MaxValue ? 0 : 1;
            return Task.FromResult<string?>("It recovers.");
        }

        private Task Command(string verb)
        {
            Commands.Add(verb);
            return CommandFails
                ? throw new GrapException(GrapCondition.ServerControlFailed, "No.", "")
                : Task.CompletedTask;
        }
    }
}
