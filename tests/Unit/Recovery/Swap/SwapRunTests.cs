using Grap.Recovery.Promotion.Swap;
using Grap.Servers.Control;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Swap;

/// <summary>An exchange of folders with everything that can fail, and every moment at which the process can die or the
/// power go.</summary>
public sealed class SwapRunTests
{
    private static readonly int s_calls = CallsOf(world => RunAsync(world));

    [Fact]
    public async Task The_new_folders_take_the_place_of_the_old_ones_which_stay()
    {
        var world = new SwapWorld();

        var finding = await RunAsync(world);

        Assert.True(finding.Equal);
        Assert.Equal((SwapWorld.New, SwapWorld.New), (world.Live, world.RunsOn));
        Assert.All(SwapWorld.Folders, folder => Assert.Equal(SwapWorld.Old, world[folder.Outgoing]));
        Assert.Equal(["Copy", "Stop", "Exchange", "Start", "Check"], world.Journal);
        Assert.Empty(world.Violations);
        // Stores and logs of two sides are never live at once: both are away before the first comes.
        Assert.Equal(
            ["/logs/neo4j", "/stores/neo4j", "/stores/neo4j_new", "/logs/neo4j_new"],
            world.Calls.Where(static call => call.StartsWith("rename ", StringComparison.Ordinal))
                .Select(static call => call.Split(' ')[1])
                .Where(static from => !from.EndsWith("_copying", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_step_is_in_the_journal_before_anything_of_it_happens()
    {
        var world = new SwapWorld();
        var seen = new List<(string? Step, string Call)>();
        world.Before = call => seen.Add((world.Journal.LastOrDefault(), call));

        await RunAsync(world);

        var expected = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["copy"] = "Copy", ["stop"] = "Stop", ["rename"] = "Exchange", ["start"] = "Start", ["check"] = "Check",
        };
        Assert.All(
            seen.Where(each => expected.ContainsKey(each.Call.Split(' ')[0])
                && !each.Call.Contains("_copying ", StringComparison.Ordinal)),
            each => Assert.Equal(expected[each.Call.Split(' ')[0]], each.Step));
    }

    [Fact]
    public async Task Whatever_fails_once_leaves_everything_as_it_was_and_a_second_attempt_succeeds()
    {
        for (var call = 1; call <= s_calls; call++)
        {
            var world = new SwapWorld { FailsAt = call };

            var failure = await Assert.ThrowsAsync<GrapException>(() => RunAsync(world));

            Expect(world, SwapWorld.Old, call);
            Assert.Empty(world.Journal);
            Assert.Equal(0, world.Holding(SwapWorld.New));
            Assert.DoesNotContain("Going back did not succeed", failure.Message, StringComparison.Ordinal);
            world.GoOn();
            await RunAsync(world);
            Expect(world, SwapWorld.New, call);
        }
    }

    [Fact]
    public async Task What_stays_broken_keeps_all_folders_and_the_next_command_goes_on_or_back()
    {
        for (var call = 1; call <= s_calls; call++)
        {
            foreach (var goesBack in new[] { false, true })
            {
                var world = new SwapWorld { FailsAt = call, StaysBroken = true };
                await Assert.ThrowsAsync<GrapException>(() => RunAsync(world));
                Assert.Equal(2, world.Holding(SwapWorld.Old));
                world.GoOn();

                await RecoverAsync(world, goesBack);

                Expect(world, goesBack ? SwapWorld.Old : SwapWorld.New, call);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_any_moment_one_command_finishes_it_or_takes_it_back(bool powerFails)
    {
        for (var call = 1; call <= s_calls; call++)
        {
            foreach (var goesBack in new[] { false, true })
            {
                var world = new SwapWorld { KilledAt = call };
                await Assert.ThrowsAsync<Killed>(() => RunAsync(world));
                Assert.Equal(2, world.Holding(SwapWorld.Old));
                world.GoOn(powerFails);

                await RecoverAsync(world, goesBack);

                Expect(world, goesBack ? SwapWorld.Old : SwapWorld.New, call);
            }
        }
    }

    [Fact]
    public async Task Killed_twice_at_any_two_moments_it_can_still_be_finished_or_taken_back()
    {
        for (var first = 1; first <= s_calls; first++)
        {
            for (var second = 1; second <= s_calls; second++)
            {
                foreach (var (wentBack, goesBack) in new[] { (false, true), (true, false), (true, true) })
                {
                    var world = new SwapWorld { KilledAt = first };
                    await Assert.ThrowsAsync<Killed>(() => RunAsync(world));
                    world.GoOn(powerFailed: true);
                    world.KilledAt = second;
                    try
                    {
                        await RecoverAsync(world, wentBack);
                    }
                    catch (Killed)
                    {
                        // Sometimes it is done before.
                    }
                    Assert.Equal(2, world.Holding(SwapWorld.Old));
                    world.GoOn(powerFailed: true);

                    await RecoverAsync(world, goesBack);

                    Expect(world, goesBack ? SwapWorld.Old : SwapWorld.New, first);
                }
            }
        }
    }

    [Fact]
    public async Task A_server_that_does_not_come_up_on_the_new_folders_runs_on_the_old_ones_again()
    {
        var world = new SwapWorld { Unsound = SwapWorld.New };

        var failure = await Assert.ThrowsAsync<GrapException>(() => RunAsync(world));

        Assert.Equal(GrapCondition.PromotionFailed, failure.Condition);
        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
        Assert.Contains("runs on them again", failure.Message, StringComparison.Ordinal);
        Expect(world, SwapWorld.Old, 0);
    }

    [Fact]
    public async Task A_server_that_did_not_start_before_is_not_started_on_what_was_put_back()
    {
        var world = new SwapWorld { Unsound = SwapWorld.New };
        await world.StopAsync(default);

        var failure = await Assert.ThrowsAsync<GrapException>(() => RunAsync(world, ranBefore: false));

        Assert.Contains("left stopped", failure.Message, StringComparison.Ordinal);
        Assert.Equal((SwapWorld.Old, null), (world.Live, world.RunsOn));
    }

    [Fact]
    public async Task Cancelled_at_any_moment_everything_is_as_it_was()
    {
        for (var call = 1; call < s_calls; call++)
        {
            using var stop = new CancellationTokenSource();
            var world = new SwapWorld();
            var number = call;
            world.Before = _ =>
            {
                if (world.Calls.Count == number)
                    stop.Cancel();
            };
            try
            {
                await RunAsync(world, cancellation: stop.Token);
                Expect(world, SwapWorld.New, call);
            }
            catch (OperationCanceledException)
            {
                Expect(world, SwapWorld.Old, call);
                Assert.Empty(world.Journal);
            }
        }
    }

    [Fact]
    public async Task A_run_that_lost_its_lock_touches_nothing_any_more()
    {
        foreach (var step in new[] { "Copy", "Stop", "Exchange", "Start", "Check" })
        {
            var world = new SwapWorld();
            var calls = 0;
            await Assert.ThrowsAsync<GrapException>(() => RunAsync(world, begin: next =>
            {
                calls = world.Calls.Count;
                if (next == step)
                    throw new GrapException(GrapCondition.LockLost, "", "");
                world.Begin(next);
            }));
            Assert.Equal(calls, world.Calls.Count);
        }
    }

    private static void Expect(SwapWorld world, string content, int call)
    {
        Assert.Empty(world.Violations);
        Assert.Equal((call, content, content), (call, world.Live, world.RunsOn));
        Assert.Equal(2, world.Holding(SwapWorld.Old));
    }

    private static async Task RecoverAsync(SwapWorld world, bool goesBack)
    {
        if (goesBack)
            await Run(world, resumed: true).TakeBackAsync(default);
        else
            await Run(world, resumed: true).RunAsync(default);
    }

    private static Task<SwapFinding> RunAsync(
        SwapWorld world, bool ranBefore = true, Action<string>? begin = null, CancellationToken cancellation = default) =>
        Run(world, resumed: false, ranBefore, begin).RunAsync(cancellation);

    private static SwapRun Run(
        SwapWorld world, bool resumed, bool ranBefore = true, Action<string>? begin = null) => new(new SwapSite
        {
            Exchange = new FolderExchange(world, SwapWorld.Folders),
            Server = new ControlledServer(world, world, new ControlLimits(), new FakeTime { RunsByItself = true }),
            RanBefore = ranBefore,
            Resumed = resumed,
            Copy = world.CopyNew,
            Guard = static () => null,
            Check = world.CheckAsync,
            Begin = begin ?? world.Begin,
            RolledBack = world.RolledBack,
        });

    private static int CallsOf(Func<SwapWorld, Task> run)
    {
        var world = new SwapWorld();
        run(world).GetAwaiter().GetResult();
        return world.Calls.Count;
    }
}
