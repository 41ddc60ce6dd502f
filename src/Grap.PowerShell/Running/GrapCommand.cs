using System.Management.Automation;
using Grap.Configuration;
using Grap.OnlineCopy;
using Grap.Servers.Installations;

namespace Grap.PowerShell.Running;

/// <summary>
/// What every command of Grap stands on. A command overrides <see cref="Begin"/>, <see cref="Process"/> or
/// <see cref="End"/>, which run on the pipeline thread, and hands everything that takes time to <see cref="Run"/>. What
/// they throw becomes a terminating error with the condition as its id; what only concerns one input is written as an
/// error by the command itself.
/// </summary>
public abstract class GrapCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Ends what the command still holds open. Called by PowerShell, also after Ctrl+C and <c>Select-Object
    /// -First</c>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Before the first input.</summary>
    protected virtual void Begin() { }

    /// <summary>For each input, or once where there is none.</summary>
    protected virtual void Process() { }

    /// <summary>After the last input.</summary>
    protected virtual void End() { }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _stopping.Dispose();
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Guard(Begin);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(End);

    /// <summary>Ctrl+C, on a thread of PowerShell's: asks the work to end. The pipeline thread waits for it.</summary>
    protected sealed override void StopProcessing() => _stopping.Cancel();

    /// <summary>Runs work beside the pipeline thread, which serves it until it has ended. The work must use its
    /// <see cref="PipelineWorker"/> for whatever concerns the pipeline, and no member of the cmdlet.</summary>
    private protected void Run(Func<PipelineWorker, Task> work)
    {
        using var worker = new PipelineWorker(_stopping.Token);
        worker.Run(this, work);
    }

    /// <summary>The settings in force here and now, with what parameters override.</summary>
    private protected GrapSettings LoadSettings(params (string Name, string? Value)[] parameters) => GrapSettings.Load(
        SettingSurroundings.OfProcess(SessionState.Path.CurrentFileSystemLocation.ProviderPath),
        parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value));

    /// <summary>Where scratch servers come from, by the settings in force.</summary>
    private protected ScratchOptions LoadScratchOptions() => new() { Home = Absolute(LoadSettings().Home) };

    /// <summary>What is known here of where a server keeps its files.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="dataPath">The data folder that a parameter names; null for none.</param>
    private protected DataFolderHints FindHints(GrapSettings settings, string? dataPath) => new()
    {
        DataPath = Absolute(dataPath ?? settings.Data),
        Home = Absolute(settings.Home),
        Configuration = Absolute(settings.ConfigurationFolder),
    };

    /// <summary>A path as the user means it: relative to the current location.</summary>
    private protected string? Absolute(string? path) =>
        path is null ? null : Path.GetFullPath(path, SessionState.Path.CurrentFileSystemLocation.ProviderPath);

    /// <summary>Whether to ask before acting: <c>-Force</c> spares the question, but neither <c>-WhatIf</c> nor an
    /// explicit <c>-Confirm</c>.
    /// </summary>
    private protected bool MustAsk(bool force) =>
        !force || MyInvocation.BoundParameters.ContainsKey("Confirm") ||
        MyInvocation.BoundParameters.ContainsKey("WhatIf") || IsRehearsal;

    /// <summary>Whether nothing is to happen: <c>-WhatIf</c>.</summary>
    private protected bool IsRehearsal => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        // PowerShell's own exceptions carry their error record, or control the flow of the pipeline.
        catch (Exception e) when (e is not (RuntimeException or FlowControlException))
        {
            ThrowTerminatingError(ErrorRecords.From(e));
        }
    }
}
