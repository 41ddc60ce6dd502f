using Grap.Backups;
using Grap.Lab;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Swap;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Control;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>A server that its own command stops and starts, and a recovery of its database that waits to be promoted. A
/// test leaves both as it found them.</summary>
public sealed class SwapScene : IAsyncDisposable
{
    /// <summary>The graph's size.</summary>
    public const int Nodes = 500;

    private readonly string _root;

    private SwapScene(CommandServer server, string root)
    {
        (Server, _root) = (server, root);
        Repository = FolderRepository.Open(Path.Combine(root, "repository"), create: true);
    }

    /// <summary>The server.</summary>
    public CommandServer Server { get; }

    /// <summary>Where the backup and the recovery are.</summary>
    public FolderRepository Repository { get; }

    /// <summary>How the server is reached, stopped and started.</summary>
    public SwapOptions Options => new() { Login = Server.Login, Control = Server.Control };

    /// <summary>The data folder of the stopped staging server.</summary>
    public string StagedData =>
        Path.Combine(Directory.EnumerateDirectories(Recovery.StagingFolder!).Single(), "data");

    /// <summary>The recovery.</summary>
    public RecoveryRecord Recovery => new RecoveryBook(Repository).Read(CommandServer.Database);

    /// <summary>Everything beside the live folders, and these.</summary>
    public IReadOnlyList<string> Folders =>
    [
        .. Directory.EnumerateDirectories(Path.GetDirectoryName(Server.StoreFolder)!).Order(StringComparer.Ordinal),
        .. Directory.EnumerateDirectories(Path.GetDirectoryName(Server.LogFolder)!).Order(StringComparer.Ordinal),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static async Task<SwapScene> MakeAsync(string version, BackupMethod method)
    {
        var server = await CommandServer.StartAsync(version, ServerPool.Options(version).Finder, Cancellation);
        var scene = new SwapScene(server, Directory.CreateTempSubdirectory("grap-swap-").FullName);
        try
        {
            await scene.RecoverAsync(method);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Promotes.</summary>
    public Task<PromotionResult> PromoteAsync(SwapOptions? options = null) => Promoter(options)
        .PromoteAsync(CommandServer.Database, PromotionStrategy.Swap, null, Cancellation);

    /// <summary>Undoes it.</summary>
    public Task<PromotionResult> UndoAsync(SwapOptions? options = null) =>
        Promoter(options).UndoAsync(CommandServer.Database, null, Cancellation);

    /// <summary>Promotes, and takes it back, while something else stops and starts the server, which runs by its own command
    /// before and afterwards.</summary>
    /// <param name="control">What does.</param>
    /// <param name="unknown">The same for a server that it does not know.</param>
    /// <param name="runs">Whether it says that the server runs.</param>
    /// <returns>What is said about the unknown one.</returns>
    internal async Task<string> SwapAndBackAsync(
        ServerControlOptions control, ServerControlOptions unknown, Func<bool> runs)
    {
        await Server.RunAsync("CREATE (:Since {of: 'before the promotion'})", Cancellation);
        await Server.Server.StopAsync(Cancellation);
        var controlled = new ControlledServer(
            control.Create(TimeProvider.System), Server.Presence, new ControlLimits(), TimeProvider.System);
        await controlled.StartAsync(Cancellation);
        Assert.True(runs());

        var options = Options with { Control = control };
        var promoted = await PromoteAsync(options);
        Assert.Equal(("PROMOTED", true, true), (promoted.Status, promoted.Equal, runs()));
        Assert.Equal(Nodes, await CountAsync("MATCH (n) RETURN count(n)"));

        var undone = await UndoAsync(options);
        Assert.Equal(("RECOVERY_SUCCESS", true, true), (undone.Status, undone.Equal, runs()));
        Assert.Equal(1, await CountAsync("MATCH (n:Since) RETURN count(n)"));

        var refused = await Assert.ThrowsAsync<GrapException>(() => PromoteAsync(options with { Control = unknown }));
        Assert.Equal(1, await CountAsync("MATCH (n:Since) RETURN count(n)"));
        await controlled.StopAsync(Cancellation);
        Assert.False(runs());
        await Server.Server.StartAsync(Cancellation);
        await Server.RunAsync("MATCH (n:Since) DELETE n", Cancellation);
        return refused.Message;
    }

    /// <summary>What promotes.</summary>
    public Promoter Promoter(SwapOptions? options = null) => new(Repository, [new SwapStrategy(options ?? Options)]);

    /// <summary>Asks the server for one number.</summary>
    public async Task<long> CountAsync(string query) => (long)(await Server.RunAsync(query, Cancellation))[0][0]!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task RecoverAsync(BackupMethod method)
    {
        await Server.LoadAsync(Nodes, Cancellation);
        await using (var session = await Session.OpenAsync(Server.Login, Cancellation))
        {
            await new BackupTaker().TakeAsync(
                session, Repository, new BackupOptions { Id = "restored", Method = method }, null, Cancellation);
        }
        var record = await new RecoveryRun(Repository, new RecoveryOptions
        {
            StagingParent = Path.Combine(_root, "staging"),
            // What was looked at is no worse for it.
            KeepRunning = true,
            Scratch = new ScratchOptions { Home = Server.Installation.Home },
        }).RunAsync("restored", null, null, Cancellation);
        Assert.Equal(RecoveryState.RecoverySuccess, record.State);
        Assert.NotNull(record.StagingServer);
        record = await new RecoveryBook(Repository).StopAsync(CommandServer.Database, Cancellation);
        Assert.Null(record.StagingServer);
        Assert.Equal(
            (Server.Installation.Version, (long)Nodes), (record.Staged!.ServerVersion, record.Staged.Nodes));
    }
}

/// <summary>One scene of each version, made when the first test asks for it.</summary>
public sealed class SwapScenes : IAsyncDisposable
{
    private readonly Dictionary<string, SwapScene> _scenes = new(StringComparer.Ordinal);

    /// <summary>The scene of a version. Skips the test where no server can be had.</summary>
    public async Task<SwapScene> GetAsync(string version = LabServerOptions.DefaultVersion)
    {
        if (_scenes.TryGetValue(version, out var made))
            return made;
        try
        {
            // Staging's files are the restored ones of a physical backup once, and what a restore wrote otherwise.
            return _scenes[version] = await SwapScene.MakeAsync(
                version, version == LabServerOptions.DefaultVersion ? BackupMethod.HotCopy : BackupMethod.Bolt);
        }
        catch (LabException none)
        {
            Assert.Skip(none.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var scene in _scenes.Values)
            await scene.DisposeAsync();
    }
}
