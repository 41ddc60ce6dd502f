using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Swap;
using Grap.Recovery.States;
using Grap.Servers.Control;
using Grap.Tests.Integration.Servers;
using Grap.Tests.Integration.Torture;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Promotion by exchanging folders, over a server that its own <c>neo4j</c> command stops and
/// starts.</summary>
public sealed class SwapTests(SwapScenes scenes, ITestOutputHelper output) : IClassFixture<SwapScenes>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task Staging_takes_productions_place_and_undoing_brings_back_what_was_written_meanwhile(string version)
    {
        var scene = await scenes.GetAsync(version);
        var server = scene.Server;
        await server.RunAsync("MATCH (n:Place) DETACH DELETE n", Cancellation);
        await server.RunAsync("CREATE (:Since {of: 'before the promotion'})", Cancellation);

        var plan = await scene.Promoter().PlanAsync(CommandServer.Database, null, null, Cancellation);
        Assert.Equal((PromotionStrategy.Swap, true), (plan.Strategy, plan.Atomic));
        Assert.Contains(plan.Steps, step => step.Contains(server.StoreFolder, StringComparison.Ordinal));
        Assert.Empty(plan.Remarks);
        Assert.Equal(scene.Repository.Get("restored").Manifest!.Source.DatabaseId!.Value, plan.DatabaseId);

        var promoted = await scene.PromoteAsync();
        Assert.Equal(("PROMOTED", true), (promoted.Status, promoted.Equal));
        Assert.Equal(SwapScene.Nodes, await scene.CountAsync("MATCH (n) RETURN count(n)"));
        Assert.Equal(SafetyCopyState.Stopped, promoted.SafetyCopy!.State);
        Assert.All(promoted.SafetyCopy.Folders, folder => Assert.True(Directory.Exists(folder), folder));
        Assert.True(scene.Repository.Get(promoted.SafetyBackupId!).Protected);

        await server.RunAsync("CREATE (:Since {of: 'after the promotion'})", Cancellation);
        var undone = await scene.UndoAsync();
        Assert.Equal(("RECOVERY_SUCCESS", true), (undone.Status, undone.Equal));
        Assert.Equal(
            ["before the promotion"],
            (await server.RunAsync("MATCH (n:Since) RETURN DISTINCT n.of", Cancellation)).Select(row => row[0]));
        Assert.All(promoted.SafetyCopy.Folders, folder => Assert.False(Directory.Exists(folder), folder));
        // And what was undone is not lost either.
        Assert.Equal(2, scene.Folders.Count(
            folder => folder.EndsWith($"_{promoted.Id:N}_undone", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task What_is_not_sound_is_taken_back_and_what_no_longer_starts_is_replaced()
    {
        var scene = await scenes.GetAsync();
        var server = scene.Server;
        await server.RunAsync("CREATE (:Unharmed)", Cancellation);
        var staged = Path.Combine(
            scene.StagedData, "databases", CommandServer.Database, "neostore.propertystore.db");
        var sound = File.ReadAllBytes(staged);

        // Damage that came after the validation, and that a server does not notice when it starts.
        File.WriteAllBytes(staged, [.. sound.Select((one, at) => at is >= 8192 and < 16384 ? (byte)0 : one)]);
        var failure = await Assert.ThrowsAsync<GrapException>(() => scene.PromoteAsync());
        File.WriteAllBytes(staged, sound);
        output.WriteLine(failure.Message);
        Assert.Equal(GrapCondition.PromotionFailed, failure.Condition);
        Assert.Contains("runs on them again", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await scene.CountAsync("MATCH (n:Unharmed) RETURN count(n)"));
        Assert.Equal(RecoveryState.RecoverySuccess, scene.Recovery.State);

        // While production answers, nobody may call it unavailable.
        var unavailable = scene.Options with
        {
            ProductionUnavailable = true,
            DataFolder = new DataFolderHints { DataPath = server.DataFolder },
        };
        var refusal = await Assert.ThrowsAsync<GrapException>(() => scene.PromoteAsync(unavailable));
        Assert.Equal(GrapCondition.SettingInvalid, refusal.Condition);

        await server.Server.StopAsync(Cancellation);
        var store = Path.Combine(server.StoreFolder, "neostore");
        var before = File.ReadAllBytes(store);
        File.WriteAllBytes(store, new byte[100]);
        var dead = await Assert.ThrowsAsync<GrapException>(() => server.Server.StartAsync(Cancellation));
        Assert.Equal(GrapCondition.ServerNotStarted, dead.Condition);
        output.WriteLine(dead.Message);

        var promoted = await scene.PromoteAsync(unavailable);
        Assert.Equal(("PROMOTED", true), (promoted.Status, promoted.Equal));
        Assert.Null(promoted.SafetyBackupId);
        Assert.Equal(SafetyCopyState.Unverified, promoted.SafetyCopy!.State);
        Assert.Equal(SwapScene.Nodes, await scene.CountAsync("MATCH (n) RETURN count(n)"));
        var entry = scene.Repository.Journal.Read().Last(entry => entry.Operation == "RecoveryPromoted");
        Assert.Equal("Unverified", entry.Details["safetyCopyState"]);
        Assert.Equal(100, new FileInfo(Path.Combine(promoted.SafetyCopy.Folders[0], "neostore")).Length);

        var undone = await scene.UndoAsync(unavailable);
        Assert.Contains(undone.Remarks, remark => remark.Contains("left stopped", StringComparison.Ordinal));
        Assert.Equal(100, new FileInfo(store).Length);
        Assert.Null(await server.Presence.FindTraceAsync(Cancellation));

        File.WriteAllBytes(store, before);
        await server.Server.StartAsync(Cancellation);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_said_before_anything_is_touched()
    {
        var scene = await scenes.GetAsync();
        Assert.Contains(
            "database_lock", await scene.Server.Presence.FindTraceAsync(Cancellation), StringComparison.Ordinal);
        var (folders, started) = (scene.Folders, await StartedAtAsync(scene));
        var sound = scene.Options;

        await ExpectAsync(GrapCondition.SettingInvalid, sound with { Control = new ServerControlOptions() });
        await ExpectAsync(GrapCondition.DataFolderMismatch, sound with
        {
            DataFolder = new DataFolderHints { DataPath = scene.StagedData },
        });
        await ExpectAsync(GrapCondition.DataFolderUnavailable, sound with
        {
            DataFolder = new DataFolderHints { DataPath = scene.Repository.Path },
        });
        var record = Path.Combine(scene.Repository.Path, $"{CommandServer.Database}.recovery");
        var content = File.ReadAllText(record);
        File.WriteAllText(record, content.Replace(LabServerOptions.DefaultVersion, "5.26.29", StringComparison.Ordinal));
        await ExpectAsync(GrapCondition.NotSupported, sound);
        File.WriteAllText(record, content.Replace(Environment.MachineName, "elsewhere", StringComparison.Ordinal));
        await ExpectAsync(GrapCondition.NotSupported, sound);
        File.WriteAllText(record, content);

        // A command that does not stop it: it runs on, and so does production.
        await ExpectAsync(GrapCondition.PromotionFailed, sound with
        {
            Control = new ServerControlOptions { StopCommand = "echo no >&2; exit 4", StartCommand = "true" },
        });
        await ExpectAsync(GrapCondition.PromotionFailed, sound with
        {
            Control = new ServerControlOptions { StopCommand = "true", StartCommand = "true" },
            Limits = new ControlLimits { Down = TimeSpan.FromSeconds(1) },
        });
        Assert.Equal(started, await StartedAtAsync(scene));
        Assert.Equal(folders, scene.Folders);

        async Task ExpectAsync(GrapCondition condition, SwapOptions options)
        {
            var failure = await Assert.ThrowsAsync<GrapException>(() => scene.PromoteAsync(options));
            output.WriteLine(failure.Message);
            Assert.Equal(condition, failure.Condition);
        }
    }

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task Killed_at_any_moment_a_promotion_is_ended_or_undone_by_one_command()
    {
        // A part of what the torture does at every moment (docs/torture.md).
        var run = await TortureRun.RunAsync(
            ["swap", "--moments", ServerPool.IsFull ? "4" : "1", "--versions", LabServerOptions.DefaultVersion], Cancellation);
        output.WriteLine(run.Said);
        if (run.ExitCode == 3)
            Assert.Skip(run.Complaints);
        Assert.True(run.ExitCode == 0, run.Complaints + run.Said);
        Assert.Contains("Production was always the old graph or the new one", run.Said, StringComparison.Ordinal);
    }

    // At every step at which it runs. Whatever the server dies of, the command takes back or ends what it began, and the next one promotes.
    [Theory]
    [Trait(ServerPool.Run, ServerPool.Full)]
    [InlineData("Copy")]
    [InlineData("Stop")]
    [InlineData("Check")]
    public async Task A_server_that_is_killed_at_a_step_holds_the_one_graph_or_the_other_and_one_command_ends_it(string at)
    {
        var scene = await scenes.GetAsync();
        var server = scene.Server;
        await server.RunAsync("CREATE (:Since {of: 'before the promotion'})", Cancellation);
        var killed = false;

        var interrupted = await Record.ExceptionAsync(() => scene.Promoter().PromoteAsync(
            CommandServer.Database, PromotionStrategy.Swap, new Killer(at, () =>
            {
                killed = true;
                server.Kill();
            }), Cancellation));

        Assert.True(killed);
        output.WriteLine(interrupted?.Message ?? "It went on.");
        if (interrupted is not null)
        {
            Assert.IsType<GrapException>(interrupted);
            Assert.Contains(scene.Recovery.State, (IEnumerable<RecoveryState>)[RecoveryState.RecoverySuccess, RecoveryState.Promoted]);
            if (await server.Presence.FindTraceAsync(Cancellation) is null)
                await server.Server.StartAsync(Cancellation);
            Assert.True((await scene.PromoteAsync()).Equal);
        }
        Assert.Equal(SwapScene.Nodes, await scene.CountAsync("MATCH (n) RETURN count(n)"));
        Assert.True((await scene.UndoAsync()).Equal);
        Assert.Equal(1, await scene.CountAsync("MATCH (n:Since) RETURN count(n)"));
        await server.RunAsync("MATCH (n:Since) DELETE n", Cancellation);
    }

    /// <summary>Does something once, when a promotion says that it begins a step.</summary>
    private sealed class Killer(string at, Action kill) : IProgress<WorkProgress>
    {
        private bool _done;

        public void Report(WorkProgress value)
        {
            if (_done || value.Status != at || value.Fraction is not null)
                return;
            _done = true;
            kill();
        }
    }

    // A server that was started again would say another time.
    private static async Task<object?> StartedAtAsync(SwapScene scene) => (await scene.Server.RunAsync(
        "CALL dbms.queryJmx('java.lang:type=Runtime') YIELD attributes RETURN attributes.StartTime.value",
        Cancellation))[0][0];
}
