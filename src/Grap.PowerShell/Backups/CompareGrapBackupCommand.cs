using System.Management.Automation;
using Grap.Backups;
using Grap.Comparison;
using Grap.Configuration;
using Grap.Graphs;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.PowerShell;

/// <summary>Says what differs between two backups, or between a backup and a running database.</summary>
[Cmdlet(VerbsData.Compare, "GrapBackup", DefaultParameterSetName = ByAddress)]
[OutputType(typeof(GraphDifference))]
[OutputType(typeof(ElementDifference))]
[OutputType(typeof(SchemaDifference))]
public sealed class CompareGrapBackupCommand : SessionCommand
{
    private const string WithBackup = "Backup";

    /// <summary>The backup that counts as given.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [BackupArgument]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public BackupReference ReferenceId { get; set; } = null!;

    /// <summary>The backups that are compared with it; without them, the running database is.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = WithBackup)]
    [BackupArgument]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    [ValidateNotNullOrEmpty]
    public BackupReference[]? DifferenceId { get; set; }

    /// <summary>The repository's folder.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <summary>Returns every element that differs instead of how many.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var reference = Locate(ReferenceId);
        var detailed = Detailed.IsPresent;
        var scratch = LoadScratchOptions();
        if (DifferenceId is { } others)
        {
            var located = Array.ConvertAll(others, Locate);
            Run(async worker =>
            {
                foreach (var other in located)
                {
                    await CompareAsync(
                        worker, reference, () => OpenAsync(worker, other, scratch), other.Id, scratch, detailed)
                        .ConfigureAwait(false);
                }
            });
            return;
        }
        var target = Target();
        Run(async worker =>
        {
            var session = await OpenAsync(target, worker.Cancellation).ConfigureAwait(false);
            await CompareAsync(
                worker, reference, () => GraphSources.OpenAsync(session, worker.Cancellation), target.ToString(),
                scratch, detailed).ConfigureAwait(false);
        });
    }

    private (string Id, string Path) Locate(BackupReference reference)
    {
        var settings = LoadSettings((SettingName.Repository, Repository ?? reference.Repository));
        return (reference.Id, RepositoryLocation.Resolve(SessionState, settings.Repository));
    }

    private static async Task<IGraphSource> OpenAsync(
        PipelineWorker worker, (string Id, string Path) backup, ScratchOptions scratch)
    {
        using var progress = new ProgressRelay(worker);
        return await GraphSources.OpenAsync(
            FolderRepository.Open(backup.Path, create: false), backup.Id, scratch, progress, worker.Cancellation)
            .ConfigureAwait(false);
    }

    private static async Task CompareAsync(
        PipelineWorker worker, (string Id, string Path) reference, Func<Task<IGraphSource>> open, string name,
        ScratchOptions scratch, bool detailed)
    {
        try
        {
            var before = await OpenAsync(worker, reference, scratch).ConfigureAwait(false);
            await using var _ = before.ConfigureAwait(false);
            var after = await open().ConfigureAwait(false);
            await using var __ = after.ConfigureAwait(false);
            await CompareAsync(worker, before, after, detailed).ConfigureAwait(false);
        }
        catch (GrapException e)
        {
            // One backup that cannot be read says nothing of the next.
            worker.Error(ErrorRecords.From(e, name));
        }
    }

    private static async Task CompareAsync(
        PipelineWorker worker, IGraphSource before, IGraphSource after, bool detailed)
    {
        using var progress = new ProgressRelay(worker);
        var difference = await new GraphComparer().CompareAsync(
            before, after, detailed ? TellAsync : null, progress, worker.Cancellation).ConfigureAwait(false);
        difference = await GraphComparer.ExplainAsync(difference, before, after, progress, worker.Cancellation)
            .ConfigureAwait(false);
        if (!difference.Exact)
        {
            worker.Warning($"{difference.Reference} or {difference.Difference} was written to while it was read: "
                + "what differs may be of different moments.");
        }
        if (detailed && difference.Remark is { } remark)
            worker.Warning(remark);
        if (!detailed || difference.Basis == ComparisonBasis.Fingerprint)
        {
            if (detailed)
                worker.Warning($"Elements cannot be told one by one. {difference.BasisReason}");
            worker.Output(difference);
            return;
        }
        foreach (var declared in difference.Schema)
            worker.Output(declared);

        ValueTask TellAsync(ElementChange change)
        {
            worker.Output(ElementDifference.From(change));
            return ValueTask.CompletedTask;
        }
    }
}
