using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Recovery;
using Grap.PowerShell.Running;
using Grap.PowerShell.Schemas;
using Grap.PowerShell.Sessions;
using Grap.Recovery;
using Grap.Recovery.Preflight;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Restores a backup into staging and validates it there.</summary>
[Cmdlet(VerbsLifecycle.Start, "GrapRecovery", SupportsShouldProcess = true)]
[OutputType(typeof(RecoveryRecord))]
[OutputType(typeof(PromotionResult))]
[OutputType(typeof(RecoveryPreflight))]
[OutputType(typeof(Job))]
public sealed class StartGrapRecoveryCommand : BackupCommand
{
    private readonly List<BackupReference> _ofJob = [];
    private RecoveryOptions _options = new();
    private SessionOptions? _production;
    private SessionOptions? _promotesTo;
    private bool _projects;
    private bool _isRehearsal;

    /// <summary>Cypher that must hold in the restored graph.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Assertion { get; set; } = [];

    /// <summary>Files of such Cypher.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AssertionPath { get; set; } = [];

    /// <summary>The file that declares how the restored graph must be.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SchemaPath { get; set; }

    /// <summary>Leaves the declared schema out of the validation.</summary>
    [Parameter]
    public SwitchParameter SkipSchemaCheck { get; set; }

    /// <summary>Restores only nodes with one of these labels.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackedUpLabelCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Label { get; set; } = [];

    /// <summary>Restores only relationships of these types.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackedUpTypeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Type { get; set; } = [];

    /// <summary>Leaves staging's server running after validation.</summary>
    [Parameter]
    public SwitchParameter KeepRunning { get; set; }

    /// <summary>Promotes the result when it is validated.</summary>
    [Parameter]
    public SwitchParameter Promote { get; set; }

    /// <summary>Recovers in the background.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        var settings = LoadSettings();
        var part = RecoveredPart.Of(Label, Type);
        var promotes = MyInvocation.BoundParameters.ContainsKey(nameof(Promote))
            ? Promote.IsPresent
            : settings.PromoteAfterValidation && !KeepRunning && part is null;
        if (promotes && KeepRunning)
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                "A promotion ends the server that -KeepRunning is to leave running.",
                "Promote with Invoke-GrapPromotion after you have looked at it.");
        }
        if (promotes && part is not null)
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                "A part of a backup cannot be promoted: everything else would be deleted from production.",
                "Take what you need from staging's server (-KeepRunning), or leave -Label and -Type out.");
        }
        if (SchemaPath is not null && (SkipSchemaCheck || part is not null))
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                "-SchemaPath names a declared schema that " + (part is null
                    ? "-SkipSchemaCheck leaves out."
                    : "a part of a backup is not asked for: its rules are made for a whole."),
                "Leave one of the two out.");
        }
        _promotesTo = promotes ? ServerLogin.Options(settings, null) : null;
        _projects = settings.Projection;
        _isRehearsal = IsRehearsal;
        _production = _projects ? RecoveryCommand.Production(settings) : null;
        _options = new RecoveryOptions
        {
            Assertions =
            [
                .. Assertion.Select(static text => new StagingAssertion(text)),
                .. AssertionPath.SelectMany(ReadAssertions),
            ],
            Schema = SkipSchemaCheck || part is not null ? null : SchemaFile.Load(SessionState, SchemaPath, settings),
            Part = part,
            KeepRunning = KeepRunning,
            Scratch = LoadScratchOptions(),
        };
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        // A rehearsal takes no time.
        if (AsJob && !_isRehearsal)
            _ofJob.AddRange(Id.Select(each => each with { Repository = LocateRepository(each.Repository) }));
        else
            base.Process();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (_ofJob.Count == 0 || !ShouldProcess(string.Join(", ", _ofJob), "Recover in the background"))
            return;
        var job = new CommandJob(
            (CmdletInfo)MyInvocation.MyCommand, ParametersOfJob(), MyInvocation.Line.Trim(),
            SessionState.Path.CurrentFileSystemLocation.ProviderPath);
        JobRepository.Add(job);
        job.Start();
        WriteObject(job);
    }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        var backup = repository.Get(id);
        var run = new RecoveryRun(repository, _options with { Announce = worker.Warning });
        if (_isRehearsal)
            worker.Output(run.Preflight(id));
        if (!await worker.ShouldProcessAsync(
            $"database {backup.Database} from backup {id} in {repository.Path}",
            _promotesTo is null ? "Restore into staging and validate" : "Restore into staging, validate and promote")
            .ConfigureAwait(false))
            return;
        var shown = new AuditTrail(repository.Path, _projects, worker.Warning);
        var mirror = new ProductionMirror(worker, shown, _production);
        await using var closing = mirror.ConfigureAwait(false);
        using var progress = new ProgressRelay(worker);
        var record = await shown.RunAsync(AuditedOperation.StartRecovery(backup.Database, id), () =>
            run.RunAsync(id, progress, mirror.ShowAsync, worker.Cancellation))
            .ConfigureAwait(false);
        RecoveryOutput.Write(worker, record);
        if (record.State == RecoveryState.RecoveryFailed)
            worker.Error(ErrorRecords.From(Failed(record)));
        else if (_promotesTo is { } options)
            await PromoteAsync(worker, repository, record.Database, options).ConfigureAwait(false);
    }

    private async Task PromoteAsync(
        PipelineWorker worker, FolderRepository repository, string database, SessionOptions production)
    {
        var target = new SessionTarget(null, production with { Database = database });
        var scene = new PromotionScene(worker, repository.Path, target, new ApplyOptions
        {
            KeepsOwnNodes = _projects,
            Scratch = _options.Scratch,
        }, swap: null, _options.Scratch, _projects);
        await using var closing = scene.ConfigureAwait(false);
        await scene.ChangeAsync(AuditedOperation.PromoteRecovery(database), (promoter, progress) =>
            promoter.PromoteAsync(database, PromotionStrategy.Apply, progress, worker.Cancellation))
            .ConfigureAwait(false);
    }

    // As they were given, but with absolute paths, and nothing is asked any more.
    private Dictionary<string, object> ParametersOfJob()
    {
        string[] own = [nameof(AsJob), nameof(Repository), "WhatIf", "Confirm"];
        var parameters = new Dictionary<string, object>(
            MyInvocation.BoundParameters.ExceptBy(own, static given => given.Key))
        {
            [nameof(Id)] = _ofJob.ToArray(),
            ["Confirm"] = false,
        };
        if (AssertionPath.Length > 0)
            parameters[nameof(AssertionPath)] = Array.ConvertAll(AssertionPath, GetUnresolvedProviderPathFromPSPath);
        if (SchemaPath is not null)
            parameters[nameof(SchemaPath)] = GetUnresolvedProviderPathFromPSPath(SchemaPath);
        return parameters;
    }

    private IReadOnlyList<StagingAssertion> ReadAssertions(string path)
    {
        var file = GetUnresolvedProviderPathFromPSPath(path);
        try
        {
            return StagingAssertion.Parse(File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                $"The assertions in '{file}' cannot be read: {failure.Message}",
                "Give the path of a file of Cypher queries with -AssertionPath.", file, failure);
        }
    }

    private static GrapException Failed(RecoveryRecord record) => new(GrapCondition.RecoveryFailed,
        $"Backup '{record.BackupId}' was not recovered: {string.Join(" ", record.ValidationErrors)}",
        "Production was not touched. Look at ValidationErrors, and clear staging with Reset-GrapRecovery."
        + (record.ValidationErrors.Any(StagingConformance.IsOne)
            ? " -SkipSchemaCheck leaves the declared schema out, where the backup is to be promoted as it is."
            : ""),
        record.BackupId);
}
