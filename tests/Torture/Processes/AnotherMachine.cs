using Grap.Repositories;

namespace Grap.Tests.Torture.Processes;

/// <summary>The processes as a machine would see them that shares only the repository with this one: nothing is known
/// of those that run here.</summary>
internal sealed class AnotherMachine : IProcessTable
{
    private readonly ProcessTable _here = new();

    public ProcessIdentity Current => _here.Current with { Host = "another-machine" };

    public bool? IsRunning(ProcessIdentity process) =>
        process.Host == Current.Host ? _here.IsRunning(process with { Host = _here.Current.Host }) : null;
}
