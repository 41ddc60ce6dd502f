using Grap.Repositories;

namespace Grap.Tests.Unit.Repositories;

/// <summary>Processes that live and die as a test says.</summary>
internal sealed class FakeProcesses(string host, int processId, HashSet<string>? running = null) : IProcessTable
{
    private readonly HashSet<string> _running = running ?? [];

    public ProcessIdentity Current { get; } = new(host, "boot", processId, "started");

    public bool? IsRunning(ProcessIdentity process) =>
        process.Host != host ? null : process == Current || _running.Contains($"{process.ProcessId}");
}
