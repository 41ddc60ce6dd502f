using Grap.Backups;
using Grap.Lab;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Recovery;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Swap;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Control;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Servers;
using Grap.Tests.Integration.Torture;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Promotion by exchanging folders, over a server that its own <c>neo4j</c> command stops and
/// starts.</summary>
[Collection(nameof(OneServerAtATime))]
public sealed class SwapTests(ITestOutputHelper output) : IDisposable
{
    private const int Nodes = 500;
    private readonly string _root = Directory.CreateTempSubdirectory("grap-swap-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Staging => Path.Combine(_root, "staging");

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task Staging_takes_productions_place_and_undoing_brings_back_what_was_written_meanwhile(string version)
    {
        await using var server = await StartAsync(version);
        var repository = await RecoverAsync(server, BackupMethod.Bolt);
        await server.RunAsync("MATCH (n:Place) DETACH DELETE n", Cancellation);
        await server.RunAsync("CREATE (:Since {of: 'before the promotion'})", Cancellation);
        var promoter = Promoter(server, repository);

        var plan = await promoter.PlanAsync(CommandServer.Database, null, null, Cancellation);
        Assert.Equal((PromotionStrategy.Swap, true), (plan.Strategy, plan.Atomic));
        Assert.Contains(plan.Steps, step => step.Contains(server.StoreFolder, StringComparison.Ordinal));

        var promoted = await PromoteAsync(promoter);
        Assert.Equal(("PROMOTED", true), (promoted.Status, promoted.Equal));
        Assert.Equal(Nodes, await CountAsync(server, "MATCH (n) RETURN count(n)"));
        Assert.Equal(SafetyCopyState.Stopped, promoted.SafetyCopy!.State);
        Assert.All(promoted.SafetyCopy.Folders, folder => Assert.True(Directory.Exists(folder), folder));
        Assert.True(repository.Get(promoted.SafetyBackupId!).Protected);

        await server.RunAsync("CREATE (:Since {of: 'after the promotion'})", Cancellation);
        var undone = await promoter.UndoAsync(CommandServer.Database, null, Cancellation);
        Assert.Equal(("RECOVERY_SUCCESS", true), (undone.Status, undone.Equal));
        Assert.Equal(
            ["before the promotion"],
            (await server.RunAsync("MATCH (n:Since) RETURN n.of", Cancellation)).Select(row => row[0]));
        Assert.All(promoted.SafetyCopy.Folders, folder => Assert.False(Directory.Exists(folder), folder));
        // And what was undone is not lost either.
        Assert.Single(Directory.EnumerateDirectories(Path.GetDirectoryName(server.StoreFolder)!, "*_undone"));
    }

    [Fact]
    public async Task What_is_not_sound_is_taken_back_and_what_no_longer_starts_is_replaced()
    {
        await using var server = await StartAsync(LabServerOptions.DefaultVersion);
        var repository = await RecoverAsync(server, BackupMethod.HotCopy);
        await server.RunAsync("CREATE (:Since)", Cancellation);
        var book = new RecoveryBook(repository);
        var staged = Path.Combine(
            StagedData(repository), "databases", CommandServer.Database, "neostore.propertystore.db");
        var sound = File.ReadAllBytes(staged);

        // Damage that came after the validation, and that a server does not notice when it starts.
        File.WriteAllBytes(staged, [.. sound.Select((one, at) => at is >= 8192 and < 16384 ? (byte)0 : one)]);
        var failure = await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(Promoter(server, repository)));
        output.WriteLine(failure.Message);
        Assert.Equal(GrapCondition.PromotionFailed, failure.Condition);
        Assert.Contains("runs on them again", failure.Message, StringComparison.Ordinal);
        await ExpectOldAsync(server);
        var record = book.Read(CommandServer.Database);
        Assert.Equal((RecoveryState.RecoverySuccess, null), (record.State, record.Promotion));
        File.WriteAllBytes(staged, sound);

        // While production answers, nobody may call it unavailable.
        var unavailable = new SwapOptions
        {
            Login = server.Login,
            Control = server.Control,
            ProductionUnavailable = true,
            DataFolder = new DataFolderHints { DataPath = server.DataFolder },
        };
        var refusal = await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(Promoter(unavailable, repository)));
        Assert.Equal(GrapCondition.SettingInvalid, refusal.Condition);

        await server.Server.StopAsync(Cancellation);
        var store = Path.Combine(server.StoreFolder, "neostore");
        File.WriteAllBytes(store, new byte[100]);
        var dead = await Assert.ThrowsAsync<GrapException>(() => server.Server.StartAsync(Cancellation));
        Assert.Equal(GrapCondition.ServerNotStarted, dead.Condition);
        output.WriteLine(dead.Message);

        var promoted = await PromoteAsync(Promoter(unavailable, repository));
        Assert.Equal(("PROMOTED", true), (promoted.Status, promoted.Equal));
        Assert.Null(promoted.SafetyBackupId);
        Assert.Equal(SafetyCopyState.Unverified, promoted.SafetyCopy!.State);
        Assert.Equal(Nodes, await CountAsync(server, "MATCH (n) RETURN count(n)"));
        var entry = repository.Journal.Read().Last(entry => entry.Operation == "RecoveryPromoted");
        Assert.Equal("Unverified", entry.Details["safetyCopyState"]);
        Assert.Equal(100, new FileInfo(Path.Combine(promoted.SafetyCopy.Folders[0], "neostore")).Length);

        var undone = await Promoter(unavailable, repository).UndoAsync(CommandServer.Database, null, Cancellation);
        Assert.Contains(undone.Remarks, remark => remark.Contains("left stopped", StringComparison.Ordinal));
        Assert.Equal(100, new FileInfo(store).Length);
        Assert.Null(await server.Presence.FindTraceAsync(Cancellation));
    }

    [Fact]
    public async Task What_stands_in_the_way_is_said_before_anything_is_touched()
    {
        await using var server = await StartAsync(LabServerOptions.DefaultVersion);
        Assert.Contains("database_lock", await server.Presence.FindTraceAsync(Cancellation), StringComparison.Ordinal);
        var repository = await RecoverAsync(server, BackupMethod.Bolt);
        var started = await StartedAtAsync(server);
        var sound = new SwapOptions { Login = server.Login, Control = server.Control };

        await ExpectAsync(GrapCondition.SettingInvalid, sound with { Control = new ServerControlOptions() });
        await ExpectAsync(GrapCondition.DataFolderMismatch, sound with
        {
            DataFolder = new DataFolderHints { DataPath = StagedData(repository) },
        });
        await ExpectAsync(GrapCondition.DataFolderUnavailable, sound with
        {
            DataFolder = new DataFolderHints { DataPath = _root },
        });
        var record = Path.Combine(repository.Path, $"{CommandServer.Database}.recovery");
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
        Assert.Equal(started, await StartedAtAsync(server));
        Assert.Single(Directory.EnumerateDirectories(Path.GetDirectoryName(server.LogFolder)!, $"{CommandServer.Database}*"));

        async Task ExpectAsync(GrapCondition condition, SwapOptions options)
        {
            var failure = await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(Promoter(options, repository)));
            output.WriteLine(failure.Message);
            Assert.Equal(condition, failure.Condition);
        }
    }

    [Fact]
    public async Task Killed_at_any_moment_a_promotion_is_ended_or_undone_by_one_command()
    {
        // A part of what the torture does at every moment (docs/torture.md).
        var run = await TortureRun.RunAsync(
            ["swap", "--moments", "3", "--versions", LabServerOptions.DefaultVersion], Cancellation);
        output.WriteLine(run.Said);
        if (run.ExitCode == 3)
            Assert.Skip(run.Complaints);
        Assert.True(run.ExitCode == 0, run.Complaints + run.Said);
        Assert.Contains("Production was always the old graph or the new one", run.Said, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static async Task<CommandServer> StartAsync(string version)
    {
        try
        {
            return await CommandServer.StartAsync(version, ServerPool.Options(version).Finder, Cancellation);
        }
        catch (LabException none)
        {
            Assert.Skip(none.Message);
            throw;
        }
    }

    private async Task<FolderRepository> RecoverAsync(CommandServer server, BackupMethod method)
    {
        await server.LoadAsync(Nodes, Cancellation);
        var repository = FolderRepository.Open(Path.Combine(_root, "repository"), create: true);
        await using (var session = await Session.OpenAsync(server.Login, Cancellation))
        {
            await new BackupTaker().TakeAsync(
                session, repository, new BackupOptions { Id = "restored", Method = method }, null, Cancellation);
        }
        var record = await new RecoveryRun(repository, new RecoveryOptions
        {
            StagingParent = Staging,
            Scratch = new ScratchOptions { Home = server.Installation.Home },
        }).RunAsync("restored", null, null, Cancellation);
        Assert.Equal(RecoveryState.RecoverySuccess, record.State);
        Assert.Equal((server.Installation.Version, (long)Nodes), (record.Staged!.ServerVersion, record.Staged.Nodes));
        return repository;
    }

    private static string StagedData(FolderRepository repository) => Path.Combine(
        Directory.EnumerateDirectories(new RecoveryBook(repository).Read(CommandServer.Database).StagingFolder!).Single(),
        "data");

    private static Promoter Promoter(CommandServer server, FolderRepository repository) =>
        Promoter(new SwapOptions { Login = server.Login, Control = server.Control }, repository);

    private static Promoter Promoter(SwapOptions options, FolderRepository repository) =>
        new(repository, [new SwapStrategy(options)]);

    private static Task<PromotionResult> PromoteAsync(Promoter promoter) =>
        promoter.PromoteAsync(CommandServer.Database, PromotionStrategy.Swap, null, Cancellation);

    private static async Task ExpectOldAsync(CommandServer server) =>
        Assert.Equal(1, await CountAsync(server, "MATCH (n:Since) RETURN count(n)"));

    private static async Task<long> CountAsync(CommandServer server, string query) =>
        (long)(await server.RunAsync(query, Cancellation))[0][0]!;

    // A server that was started again would say another time.
    private static async Task<object?> StartedAtAsync(CommandServer server) => (await server.RunAsync(
        "CALL dbms.queryJmx('java.lang:type=Runtime') YIELD attributes RETURN attributes.StartTime.value", Cancellation))[0][0];
}
