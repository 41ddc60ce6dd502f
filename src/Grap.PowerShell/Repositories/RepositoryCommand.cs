using System.Management.Automation;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Running;

namespace Grap.PowerShell.Repositories;

/// <summary>A command that works on a repository: the one given, or the one of the settings.</summary>
public abstract class RepositoryCommand : GrapCommand
{
    private bool _given;

    /// <summary>The repository's folder.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <summary>True where the repository in use came with the input, so that the next input may name a better
    /// one.</summary>
    private protected bool RepositoryComesWithInput => MyInvocation.ExpectingInput && !_given;

    /// <inheritdoc/>
    protected override void Begin() => _given = MyInvocation.BoundParameters.ContainsKey(nameof(Repository));

    /// <summary>The absolute path: of <c>-Repository</c>, of <paramref name="own"/>, or of the settings.</summary>
    private protected string LocateRepository(string? own = null)
    {
        var settings = LoadSettings((SettingName.Repository, Repository ?? own));
        return RepositoryLocation.Resolve(SessionState, settings.Repository);
    }
}
