using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Grap.PowerShell.Running;

/// <summary>A command of Grap in the background: in a runspace of its own in this process, which need not know the
/// module. Its output, errors and progress are the job's. Stopping it is Ctrl+C to the command.</summary>
internal sealed class CommandJob : Job
{
    private readonly System.Management.Automation.PowerShell _shell;

    /// <summary>Prepares one.</summary>
    /// <param name="command">The command.</param>
    /// <param name="parameters">Its parameters. What concerns the caller's session, as relative paths, must be resolved
    /// in them.</param>
    /// <param name="line">What the user wrote, for <c>Get-Job</c>.</param>
    /// <param name="location">The current location, where <c>.env</c> is looked for.</param>
    public CommandJob(
        CmdletInfo command, IEnumerable<KeyValuePair<string, object>> parameters, string line, string location)
        : base(line)
    {
        PSJobTypeName = "Grap";
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry(
            command.Name, command.ImplementingType, helpFileName: null));
        var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(location));
        _shell = System.Management.Automation.PowerShell.Create();
        _shell.Runspace = runspace;
        _shell.AddCommand(command.Name);
        foreach (var (name, value) in parameters)
            _shell.AddParameter(name, value);
        _shell.Streams.Error = Error;
        _shell.Streams.Warning = Warning;
        _shell.Streams.Verbose = Verbose;
        _shell.Streams.Debug = Debug;
        _shell.Streams.Progress = Progress;
        _shell.InvocationStateChanged += (_, change) => Follow(change.InvocationStateInfo);
    }

    /// <inheritdoc/>
    public override string Location => Environment.MachineName;

    /// <inheritdoc/>
    public override string StatusMessage => "";

    /// <inheritdoc/>
    public override bool HasMoreData => Output.IsOpen || Output.Count > 0 || Error.Count > 0 || Warning.Count > 0
        || Verbose.Count > 0 || Debug.Count > 0 || Progress.Count > 0;

    /// <summary>Begins.</summary>
    public void Start()
    {
        SetJobState(JobState.Running);
        var nothing = new PSDataCollection<PSObject>();
        nothing.Complete();
        _shell.BeginInvoke(nothing, Output);
    }

    /// <summary>Stops the command, and returns when it has put things in order.</summary>
    public override void StopJob() => _shell.Stop();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _shell.Stop();
            _shell.Runspace.Dispose();
            _shell.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Follow(PSInvocationStateInfo info)
    {
        switch (info.State)
        {
            case PSInvocationState.Completed:
                SetJobState(_shell.HadErrors ? JobState.Failed : JobState.Completed);
                break;
            case PSInvocationState.Failed:
                if (info.Reason is IContainsErrorRecord failure)
                    Error.Add(failure.ErrorRecord);
                SetJobState(JobState.Failed);
                break;
            case PSInvocationState.Stopped:
                SetJobState(JobState.Stopped);
                break;
            default:
                break;
        }
    }
}
