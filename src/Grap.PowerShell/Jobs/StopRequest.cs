using System.Runtime.InteropServices;

namespace Grap.PowerShell.Jobs;

/// <summary>Cancelled by whatever stops the command, and by SIGTERM, with which containers and services end: the
/// process
/// then lives on for as long as the job needs to put things in order.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration _registration;

    public StopRequest(CancellationToken stopping)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _source.Cancel();
        });
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
