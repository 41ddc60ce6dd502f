using System.Management.Automation;

namespace Grap.Host.Pester.Keywords;

/// <summary>Ends the running test as skipped, for a reason found while it ran.</summary>
[Cmdlet(VerbsCommon.Set, "ItResult")]
public sealed class SetItResultCommand : PSCmdlet
{
    [Parameter(Mandatory = true)]
    public SwitchParameter Skipped { get; set; }

    [Parameter]
    public string? Because { get; set; }

    protected override void EndProcessing() => ThrowTerminatingError(new ErrorRecord(
        new TestSkippedException(Because ?? "no reason given"),
        "PesterTestSkipped",
        ErrorCategory.InvalidResult,
        targetObject: null));
}

/// <summary>Runs a step of the runner in the scope of the script that calls it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PesterStep")]
public sealed class InvokePesterStepCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public PSObject Step { get; set; } = null!;

    protected override void EndProcessing() => ((StepHolder)Step.BaseObject).Run();
}

/// <summary>The runner itself, as a command, so that it has a pipeline thread to run script blocks on.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PesterFile")]
public sealed class InvokePesterFileCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public PSObject Work { get; set; } = null!;

    protected override void EndProcessing() => ((FileWork)Work.BaseObject).Run(this);
}

internal sealed record FileWork(Action<PSCmdlet> Run);
