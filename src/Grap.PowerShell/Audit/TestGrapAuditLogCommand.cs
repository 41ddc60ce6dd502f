using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.Repositories;
using Grap.Verification;

namespace Grap.PowerShell;

/// <summary>Proves that a repository's audit log is what was written.</summary>
[Cmdlet(VerbsDiagnostic.Test, "GrapAuditLog")]
[OutputType(typeof(AuditLogResult))]
[OutputType(typeof(bool))]
public sealed class TestGrapAuditLogCommand : RepositoryCommand
{
    /// <summary>Returns true or false instead of a result: true only where everything was checked and held.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var path = LocateRepository();
        Run(worker =>
        {
            var result = AuditLogCheck.Run(FolderRepository.Open(path, create: false), worker.Cancellation);
            worker.Output(Quiet ? result.Passed : result);
            if (result.Outcome == VerificationOutcome.NotChecked)
                worker.Error(ErrorRecords.From(NotChecked(result), path));
            return Task.CompletedTask;
        });
    }

    private static GrapException NotChecked(AuditLogResult result) => new(GrapCondition.VerificationUnavailable,
        $"The audit log of {result.Repository} was not checked in full: {string.Join(" ", result.Problems)}",
        "Take a backup: it vouches for everything that the log has by then.", result.Repository);
}
