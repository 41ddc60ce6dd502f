using System.Management.Automation;
using Grap.Audit;
using Grap.Backups;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Running;
using Grap.Repositories;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.PowerShell;

/// <summary>Proves backups.</summary>
[Cmdlet(VerbsDiagnostic.Test, "GrapBackup")]
[OutputType(typeof(VerificationResult))]
[OutputType(typeof(bool))]
public sealed class TestGrapBackupCommand : BackupCommand
{
    private ScratchOptions _scratch = new();

    /// <summary>How far to prove.</summary>
    [Parameter]
    [ValidateSet(
        nameof(VerificationLevel.Checksum), nameof(VerificationLevel.Structure), nameof(VerificationLevel.Restore))]
    public VerificationLevel Level { get; set; } = VerificationLevel.Structure;

    /// <summary>Returns true or false instead of a result: true only where everything was checked and held.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _scratch = LoadScratchOptions();
    }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        using var progress = new ProgressRelay(worker);
        var result = await trail.RunAsync(AuditedOperation.VerifyBackup(id), () => new Verifier(scratch: _scratch)
            .VerifyAsync(repository, id, Level, progress, worker.Cancellation)).ConfigureAwait(false);
        if (result.NotRecorded is { } reason)
            worker.Warning($"That backup '{id}' was tested is not in the journal: {reason}");
        worker.Output(Quiet ? result.Passed : result);
        // Damage is what the result is there to tell; a level that was not checked is something the user did not get.
        if (result.Outcome == VerificationOutcome.NotChecked)
            worker.Error(ErrorRecords.From(VerificationFailure.Of(result)));
    }
}
