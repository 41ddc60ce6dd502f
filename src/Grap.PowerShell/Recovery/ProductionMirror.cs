using Grap.Audit;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Servers;

namespace Grap.PowerShell.Recovery;

/// <summary>Shows a recovery's state in production's database (docs/audit.md), where the settings lead to one. Production
/// may well be gone when something is recovered, so that it cannot be reached is no more than a word.</summary>
internal sealed class ProductionMirror(
    PipelineWorker worker, AuditTrail trail, SessionOptions? production) : IAsyncDisposable
{
    private Session? _session;
    private bool _tried;

    /// <summary>Brings the nodes up to date.</summary>
    public async Task ShowAsync()
    {
        if (!_tried && production is not null && !worker.Cancellation.IsCancellationRequested)
        {
            _tried = true;
            try
            {
                _session = await ServerLogin.OpenAsync(production, worker.Cancellation).ConfigureAwait(false);
            }
            catch (GrapException unreachable)
            {
                worker.Verbose($"The database does not show the recovery's state: {unreachable.Message}");
            }
        }
        await trail.ProjectAsync(_session, worker.Cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
    }
}
