using Grap.Audit;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.PowerShell.Recovery;

/// <summary>What promoting and undoing work with: production, connected to when it is needed, and the audit
/// log.</summary>
internal sealed class PromotionScene(
    PipelineWorker worker, string path, SessionTarget production, ApplyOptions options) : IAsyncDisposable
{
    private readonly AuditTrail _trail = new(path, options.KeepsOwnNodes, worker.Warning);
    private Session? _session;

    /// <summary>Asks something of a promoter that changes nothing.</summary>
    public async Task<T> AskAsync<T>(Func<Promoter, IProgress<WorkProgress>, Task<T>> question)
    {
        var repository = FolderRepository.Open(path, create: false);
        _session ??= production.Given
            ?? await ServerLogin.OpenAsync(production.Options!, worker.Cancellation).ConfigureAwait(false);
        var apply = new ApplyStrategy(repository, _session, options);
        using var progress = new ProgressRelay(worker);
        return await question(new Promoter(repository, [apply], options.Scratch, worker.Warning), progress)
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
            // It commits, so it comes when production is what it is to be.
            await _trail.ProjectAsync(_session, worker.Cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null && production.Given is null)
            await _session.DisposeAsync().ConfigureAwait(false);
    }
}
