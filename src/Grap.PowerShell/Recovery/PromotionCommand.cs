using System.Management.Automation;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.States;
using Grap.Repositories;

namespace Grap.PowerShell.Recovery;

/// <summary>A command that changes production by what was recovered: the database that is named, or the only one that
/// is being recovered.</summary>
public abstract class PromotionCommand : SessionCommand
{
    /// <summary>The database that was recovered.</summary>
    [Parameter(Position = 0, ParameterSetName = ByAddress, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RecoveredDatabaseCompleter))]
    [ValidateNotNullOrEmpty]
    public override string? Database { get; set; }

    /// <summary>The repository's folder.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <summary>Changes production in many transactions, also where one would do.</summary>
    [Parameter]
    public SwitchParameter Stepwise { get; set; }

    /// <summary>Asks no question.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Does it, beside the pipeline thread.</summary>
    /// <param name="worker">The way to the pipeline.</param>
    /// <param name="scene">What to work with.</param>
    /// <param name="record">What was recovered.</param>
    /// <param name="production">Address and database, for messages.</param>
    private protected abstract Task ProcessAsync(
        PipelineWorker worker, PromotionScene scene, RecoveryRecord record, string production);

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings((SettingName.Repository, Repository));
        var path = RepositoryLocation.Resolve(SessionState, settings.Repository);
        var book = new RecoveryBook(FolderRepository.Open(path, create: false));
        var record = book.Read(book.Choose(Database ?? Session?.Database));
        var target = Target(record.Database);
        var options = new ApplyOptions
        {
            Stepwise = Stepwise,
            KeepsOwnNodes = settings.Projection,
            Scratch = LoadScratchOptions(),
        };
        Run(async worker =>
        {
            var scene = new PromotionScene(worker, path, target, options);
            await using var closing = scene.ConfigureAwait(false);
            await ProcessAsync(worker, scene, record, target.ToString()).ConfigureAwait(false);
        });
    }
}
