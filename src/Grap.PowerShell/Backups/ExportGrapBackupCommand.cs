using System.Management.Automation;
using Grap.Audit;
using Grap.OnlineCopy;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.PowerShell;

/// <summary>Writes backups in formats of others.</summary>
[Cmdlet(VerbsData.Export, "GrapBackup", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportGrapBackupCommand : BackupCommand
{
    private string _target = "";
    private ScratchOptions _scratch = new();

    /// <summary>The file, or a folder that exists.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What to write.</summary>
    [Parameter]
    [ValidateSet("Dump")]
    public string Format { get; set; } = "Dump";

    /// <summary>Replaces a file that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _target = RepositoryLocation.Resolve(SessionState, Path);
        _scratch = LoadScratchOptions();
    }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        var backup = repository.Get(id);
        if (!await worker.ShouldProcessAsync($"{id} to {_target}", $"Export backup as {Format}").ConfigureAwait(false))
            return;
        using var progress = new ProgressRelay(worker);
        var operation = AuditedOperation.ExportBackup(backup.Id, _target);
        var file = await trail.RunAsync(operation, () => new DumpExport(_scratch)
            .WriteAsync(repository, backup.Id, _target, Force, progress, worker.Cancellation)).ConfigureAwait(false);
        trail.Record(operation);
        worker.Output(new FileInfo(file));
    }
}
