using System.Management.Automation;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.Promotion.Swap;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers.Control;

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

    /// <summary>The installation whose <c>neo4j</c> command stops and starts the server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Neo4jHome { get; set; }

    /// <summary>The folder of that server's <c>neo4j.conf</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Neo4jConf { get; set; }

    /// <summary>The systemd unit that the server is.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SystemdUnit { get; set; }

    /// <summary>The Docker container that the server runs in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>A command that stops the server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StopCommand { get; set; }

    /// <summary>A command that starts the server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StartCommand { get; set; }

    /// <summary>The server's data folder, where it can be changed here.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DataPath { get; set; }

    /// <summary>Asks no question.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Whether only folders are exchanged, so that nothing needs a session to production.</summary>
    private protected abstract bool OnlySwaps(RecoveryRecord record);

    /// <summary>Whether production does not start.</summary>
    private protected virtual bool IsProductionUnavailable => false;

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
        var control = FindControl();
        var onlySwaps = OnlySwaps(record);
        var swap = !control.IsGiven && !onlySwaps ? null : new SwapOptions
        {
            Login = target.Given?.Again() ?? target.Options!,
            Control = control,
            DataFolder = FindHints(settings, DataPath),
            ProductionUnavailable = IsProductionUnavailable,
        };
        Run(async worker =>
        {
            var scene = new PromotionScene(worker, path, target, onlySwaps ? null : options, swap, options.Scratch,
                settings.Projection);
            await using var closing = scene.ConfigureAwait(false);
            await ProcessAsync(worker, scene, record, target.ToString()).ConfigureAwait(false);
        });
    }

    private ServerControlOptions FindControl() => new()
    {
        Home = Absolute(Neo4jHome),
        Configuration = Absolute(Neo4jConf),
        SystemdUnit = SystemdUnit,
        Container = Container,
        StopCommand = StopCommand,
        StartCommand = StartCommand,
    };
}
