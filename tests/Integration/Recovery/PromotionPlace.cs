using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Servers;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>A production, a repository, and a recovery that waits to be promoted.</summary>
internal sealed class PromotionPlace : IAsyncDisposable
{
    private readonly Workplace _workplace;

    private PromotionPlace(BorrowedServer server, FaultyProxy proxy, Workplace workplace) =>
        (Server, Proxy, _workplace) = (server, proxy, workplace);

    public BorrowedServer Server { get; }

    /// <summary>What stands between the promotion and production.</summary>
    public FaultyProxy Proxy { get; }

    public FolderRepository Repository => _workplace.Repository;

    public string Database => _workplace.Session.Database;

    /// <summary>The backup that is promoted.</summary>
    public Backup Wanted { get; set; } = null!;

    /// <summary>A backup of production as it is before.</summary>
    public Backup Present { get; set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PromotionPlace> OpenAsync(BorrowedServer server)
    {
        var proxy = new FaultyProxy(server.Server.Uri);
        return new PromotionPlace(server, proxy, await Workplace.OpenAsync(server.Server, proxy.Address));
    }

    public Task<Backup> TakeAsync(string id, BackupMethod method = BackupMethod.Bolt) =>
        _workplace.TakeAsync(new BackupOptions { Id = id, Method = method });

    /// <summary>Says that a backup was recovered and validated, without doing it: applying needs no staging.</summary>
    public void Recover(Backup backup)
    {
        using var held = new RecoveryBook(Repository).Begin(
            backup, [], Path.Combine(Repository.Path, "staging"), Cancellation);
        held.MoveTo(RecoveryState.Validation);
        held.MoveTo(RecoveryState.RecoverySuccess);
    }

    public RecoveryRecord Record() => new RecoveryBook(Repository).Read(Database);

    public Promoter Promoter(ApplyOptions? options = null, Action<string>? announce = null)
    {
        var scratch = new ScratchOptions { Home = (Server.Server as InstalledServer)?.Home };
        return new Promoter(
            Repository,
            [new ApplyStrategy(Repository, _workplace.Session, (options ?? new ApplyOptions()) with { Scratch = scratch })],
            scratch, announce);
    }

    public Task<PromotionResult> PromoteAsync(
        ApplyOptions? options = null, Action<string>? tell = null, Action<string>? announce = null) =>
        Promoter(options, announce).PromoteAsync(
            Database, PromotionStrategy.Apply, tell is null ? null : new Listener(tell), Cancellation);

    public Task<PromotionResult> UndoAsync(ApplyOptions? options = null, Action<string>? tell = null) =>
        Promoter(options).UndoAsync(Database, tell is null ? null : new Listener(tell), Cancellation);

    /// <summary>The fingerprint of production as it is now.</summary>
    public async Task<string?> FingerprintAsync()
    {
        var backup = await _workplace.TakeAsync();
        return backup.Fingerprint;
    }

    /// <summary>The newest transaction when the promotion sent its COMMIT.</summary>
    public long TransactionBefore() => long.Parse(
        Record().Promotion!.Steps.First(static step => step.Name == "Commit").Details["transaction"],
        CultureInfo.InvariantCulture);

    /// <summary>The newest transaction.</summary>
    public async Task<long> NewestAsync()
    {
        await using var connection = await _workplace.Session.ConnectAsync(BoltAccessMode.Read, Cancellation);
        await using var cursor = await connection.RunAsync(new BoltQuery("RETURN 1"), Cancellation);
        while (await cursor.ReadAsync(Cancellation))
        {
            // One row, of no interest.
        }
        Assert.True(Bookmark.TryParse(cursor.Summary?.Bookmark, out _, out var transaction));
        return transaction;
    }

    /// <summary>The first column of what a query returns.</summary>
    public async Task<IEnumerable<object?>> ReadAsync(string text) =>
        [.. (await Server.RunAsync(text, Cancellation)).Select(static row => row[0])];

    /// <summary>Kills the server and starts it again, at another port.</summary>
    public async Task KillAndRestartAsync()
    {
        var installed = (InstalledServer)Server.Server;
        await installed.Server.KillAsync();
        await installed.Server.RestartAsync(Cancellation);
        Proxy.Target = installed.Uri;
    }

    /// <summary>Commits something while a promotion waits for it.</summary>
    public void Write(string text) => Task.Run(() => Server.RunAsync(text, Cancellation)).GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await _workplace.DisposeAsync();
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }

    private sealed class Listener(Action<string> tell) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => tell(value.Status);
    }
}
