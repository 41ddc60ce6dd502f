using System.Management.Automation;
using Grap.Audit;
using Grap.Backups;
using Grap.Bolt;
using Grap.Configuration;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.PowerShell;

/// <summary>Takes a backup of a database, which runs unless the method is Dump.</summary>
[Cmdlet(VerbsCommon.New, "GrapBackup", SupportsShouldProcess = true, DefaultParameterSetName = ByAddress)]
[OutputType(typeof(Backup))]
public sealed class NewGrapBackupCommand : SessionCommand
{
    private const string Auto = "Auto";
    private const string DefaultDatabase = "neo4j";

    /// <summary>The session to back up through.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySession, ValueFromPipeline = true)]
    [SessionArgument]
    public override Session? Session { get; set; }

    /// <summary>The backup's id.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Id { get; set; }

    /// <summary>The repository's folder.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <summary>How to take it.</summary>
    [Parameter]
    [ValidateSet(Auto, nameof(BackupMethod.Bolt), nameof(BackupMethod.HotCopy), nameof(BackupMethod.Dump))]
    public string Method { get; set; } = Auto;

    /// <summary>The server's data folder, where it can be read here.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DataPath { get; set; }

    /// <summary>The most bytes a second that a copy of the files reads; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>Words to find it by.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>Zstandard level, or 0 for no compression.</summary>
    [Parameter]
    [ValidateRange(0, 22)]
    public int? CompressionLevel { get; set; }

    /// <summary>Fail rather than publish a backup that is not exact.</summary>
    [Parameter]
    public SwitchParameter RequireExact { get; set; }

    /// <summary>How often the graph is read in search of a pass without a commit.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int MaxPass { get; set; } = new BackupOptions().MaxPass;

    /// <summary>Connections that read at once; 0 to choose by the number of cores.</summary>
    [Parameter]
    [ValidateRange(0, 64)]
    public int Connection { get; set; }

    /// <summary>Proves the backup to this level once it is published.</summary>
    [Parameter]
    public VerificationLevel Verify { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings((SettingName.Repository, Repository));
        var path = RepositoryLocation.Resolve(SessionState, settings.Repository);
        var origin = FindOrigin();
        var options = new BackupOptions
        {
            Id = Id,
            Tags = Tag,
            CompressionLevel = CompressionLevel ?? settings.CompressionLevel,
            Method = Method == Auto ? null : Enum.Parse<BackupMethod>(Method),
            DataFolder = FindHints(settings, DataPath),
            MaxBytesPerSecond = MaxBytesPerSecond,
            Connections = Connection,
            MaxPass = MaxPass,
            RequireExact = RequireExact,
        };
        if (!ShouldProcess($"{origin} into {path}", "Back up"))
            return;
        var moreMayFollow = MyInvocation.ExpectingInput;
        var scratch = LoadScratchOptions();
        var projects = settings.Projection;
        Run(async worker =>
        {
            try
            {
                await TakeAsync(
                    worker, new AuditTrail(path, projects, worker.Warning), origin, path, options, scratch)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (moreMayFollow && e is GrapException or BoltException)
            {
                worker.Error(ErrorRecords.From(e, origin.ToString()));
            }
        });
    }

    private async Task TakeAsync(
        PipelineWorker worker, AuditTrail trail, BackupOrigin origin, string path, BackupOptions options,
        ScratchOptions scratch)
    {
        Session? session = null;
        try
        {
            var backup = await trail.RunAsync(AuditedOperation.TakeBackup(options.Id, origin.Database), async () =>
            {
                if (origin.Running is { } running)
                    session = await OpenAsync(running, worker.Cancellation).ConfigureAwait(false);
                var repository = FolderRepository.Open(path, create: true);
                using var progress = new ProgressRelay(worker);
                var taker = new BackupTaker(tell: worker.Verbose, scratch: scratch);
                var taking = session is null
                    ? taker.DumpAsync(origin.Stopped!, repository, options, progress, worker.Cancellation)
                    : taker.TakeAsync(session, repository, options, progress, worker.Cancellation);
                return await taking.ConfigureAwait(false);
            }).ConfigureAwait(false);
            if (Verify == VerificationLevel.None)
                worker.Output(backup);
            else
                await ProveAsync(worker, trail, path, backup, new Verifier(scratch: scratch)).ConfigureAwait(false);
        }
        finally
        {
            // It commits, so it comes after the reading.
            await trail.ProjectAsync(session, worker.Cancellation).ConfigureAwait(false);
        }
    }

    private async Task ProveAsync(
        PipelineWorker worker, AuditTrail trail, string path, Backup backup, Verifier verifier)
    {
        var repository = FolderRepository.Open(path, create: false);
        using var progress = new ProgressRelay(worker);
        var result = await trail.RunAsync(AuditedOperation.VerifyBackup(backup.Id), () => verifier
            .VerifyAsync(repository, backup.Id, Verify, progress, worker.Cancellation)).ConfigureAwait(false);
        // The backup is published whatever the proof says, so it is shown in any case, and as what it now is known to
        // be.
        worker.Output(repository.Get(backup.Id));
        if (!result.Passed)
            worker.Error(ErrorRecords.From(VerificationFailure.Of(result)));
    }

    // A stopped server is not asked anything.
    private BackupOrigin FindOrigin() => Method != nameof(BackupMethod.Dump)
        ? new BackupOrigin(Target(), null)
        : Session is null
            ? new BackupOrigin(null, LoadSettings((SettingName.Database, Database)).Database ?? DefaultDatabase)
            : throw new GrapException(GrapCondition.SettingInvalid,
                "Method Dump takes the database of a stopped server; a session is to one that runs.",
                "Leave out -Session and name the data folder with -DataPath, or use -Method HotCopy.", Session.Uri);
}
