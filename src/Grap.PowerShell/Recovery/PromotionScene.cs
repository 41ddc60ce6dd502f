using Grap.Audit;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.Promotion.Swap;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;

namespace Grap.PowerShell.Recovery;

/// <summary>What promoting and undoing work with: production, connected to when it is needed, and the audit
/// log.</summary>
/// <param name="worker">The way to the pipeline.</param>
/// <param name="path">The repository.</param>
/// <param name="production">Production.</param>
/// <param name="apply">How to apply differences; null where that is not wanted, and then production need not
/// answer.</param>
/// <param name="swap">How to exchange folders; null where nothing says how the server is stopped and started.</param>
/// <param name="scratch">Where scratch servers come from.</param>
/// <param name="projects">Whether production is to show what was done.</param>
internal sealed class PromotionScene(
    PipelineWorker worker, string path, SessionTarget production, ApplyOptions? apply, SwapOptions? swap,
    ScratchOptions scratch, bool projects) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly AuditTrail _trail = new(path, projects, worker.Warning);
    private Session? _session;
    private bool _isOwn;

    /// <summary>Asks something of a promoter that changes nothing.</summary>
    public async Task<T> AskAsync<T>(Func<Promoter, IProgress<WorkProgress>, Task<T>> question)
    {
        var repository = FolderRepository.Open(path, create: false);
        var strategies = new List<IPromotionStrategy>();
        if (apply is not null)
            strategies.Add(new ApplyStrategy(repository, await OpenAsync().ConfigureAwait(false), apply));
        if (swap is not null)
            strategies.Add(new SwapStrategy(swap));
        using var progress = new ProgressRelay(worker);
        return await question(new Promoter(repository, strategies, scratch, worker.Warning), progress)
            .ConfigureAwait(false);
    }

    /// <summary>Has a promoter change production, and writes what came of it: into the audit log, where it fails too,
    /// into the database, and to the pipeline.</summary>
    public async Task ChangeAsync(
        AuditedOperation operation, Func<Promoter, IProgress<WorkProgress>, Task<PromotionResult>> change)
    {
        try
        {
            var result = await _trail.RunAsync(operation, () => AskAsync(change)).ConfigureAwait(false);
            worker.Output(result);
            foreach (var remark in result.Remarks)
                worker.Warning(remark);
        }
        finally
        {
            if (swap is not null)
                await ReachAgainAsync(swap).ConfigureAwait(false);
            // It commits, so it comes when production is what it is to be.
            await _trail.ProjectAsync(_session, worker.Cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null && _isOwn)
            await _session.DisposeAsync().ConfigureAwait(false);
        _session = null;
    }

    private async Task<Session> OpenAsync()
    {
        if (_session is not null)
            return _session;
        _isOwn = production.Given is null;
        return _session = production.Given
            ?? await ServerLogin.OpenAsync(production.Options!, worker.Cancellation).ConfigureAwait(false);
    }

    // Connections to a server that was stopped are gone, and it may not be up: then the next operation makes up for it.
    private async Task ReachAgainAsync(SwapOptions options)
    {
        await DisposeAsync().ConfigureAwait(false);
        if (worker.Cancellation.IsCancellationRequested)
            return;
        try
        {
            _session = await ServerLogin.OpenAsync(
                options.Login with { ConnectTimeout = s_patience }, worker.Cancellation).ConfigureAwait(false);
            _isOwn = true;
        }
        catch (GrapException away)
        {
            worker.Verbose($"Production does not show what was done: {away.Message}");
        }
    }
}
