using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Recovery;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Recovery;
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
public sealed class StartGrapRecoveryCommand : BackupCommand
{
    private RecoveryOptions _options = new();
    private SessionOptions? _production;
    private SessionOptions? _promotesTo;
    private bool _projects;

    /// <summary>Cypher that must hold in the restored graph.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Assertion { get; set; } = [];

    /// <summary>Files of such Cypher.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AssertionPath { get; set; } = [];

    /// <summary>Promotes the result when it is validated.</summary>
    [Parameter]
    public SwitchParameter Promote { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        var settings = LoadSettings();
        var promotes = MyInvocation.BoundParameters.ContainsKey(nameof(Promote))
            ? Promote.IsPresent
            : settings.PromoteAfterValidation;
        _promotesTo = promotes ? ServerLogin.Options(settings, null) : null;
        _projects = settings.Projection;
        _production = _projects ? RecoveryCommand.Production(settings) : null;
        _options = new RecoveryOptions
        {
            Assertions =
            [
                .. Assertion.Select(static text => new StagingAssertion(text)),
                .. AssertionPath.SelectMany(ReadAssertions),
            ],
            Scratch = LoadScratchOptions(),
        };
    }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        var backup = repository.Get(id);
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
            new RecoveryRun(repository, _options).RunAsync(id, progress, mirror.ShowAsync, worker.Cancellation))
            .ConfigureAwait(false);
        worker.Output(record);
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
        "Production was not touched. Look at ValidationErrors, and clear staging with Reset-GrapRecovery.",
        record.BackupId);
}
