using System.Management.Automation;
using System.Runtime.InteropServices;

namespace Grap.Host.Running;

/// <summary>
/// While it lives, Ctrl+C and a request to terminate stop the pipeline instead of killing the process.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly PowerShell _shell;
    private readonly PosixSignalRegistration[] _registrations;
    private int _requests;

    public StopSignal(PowerShell shell)
    {
        _shell = shell;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    public bool Requested => Volatile.Read(ref _requests) > 0;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // The second request means that stopping took too long for whoever asks: let the process die.
        if (Interlocked.Increment(ref _requests) > 1)
            return;
        context.Cancel = true;
        _shell.BeginStop(callback: null, state: null);
    }
}
