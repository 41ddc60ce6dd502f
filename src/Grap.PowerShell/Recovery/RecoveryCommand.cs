using System.Management.Automation;
using Grap.Audit;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.PowerShell.Recovery;

/// <summary>A command about a recovery that was begun: of the database that is named, or of the only one.</summary>
public abstract class RecoveryCommand : RepositoryCommand
{
    private static readonly TimeSpan s_mirrorPatience = TimeSpan.FromSeconds(3);

    /// <summary>The database that is recovered.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RecoveredDatabaseCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>Does it, beside the pipeline thread.</summary>
    private protected abstract Task ProcessAsync(RecoveryScene scene);

    /// <inheritdoc/>
    protected override void Process()
    {
        var path = LocateRepository();
        var database = Database;
        var settings = LoadSettings();
        var projects = settings.Projection;
        var production = projects ? Production(settings) : null;
        Run(async worker =>
        {
            var book = new RecoveryBook(FolderRepository.Open(path, create: false));
            var trail = new AuditTrail(path, projects, worker.Warning);
            var mirror = new ProductionMirror(worker, trail, production);
            await using var closing = mirror.ConfigureAwait(false);
            await ProcessAsync(new RecoveryScene(worker, book, trail, mirror, database)).ConfigureAwait(false);
        });
    }

    /// <summary>Production as the settings lead to it, not waited for as long as where it is what a command is
    /// about.</summary>
    internal static SessionOptions Production(GrapSettings settings) =>
        ServerLogin.Options(settings, null) with { ConnectTimeout = s_mirrorPatience };
}

/// <summary>What a command about a recovery works with.</summary>
internal sealed record RecoveryScene(
    PipelineWorker Worker, RecoveryBook Book, AuditTrail Trail, ProductionMirror Mirror, string? Named)
{
    /// <summary>The database that was named, or the only one of which there is something.</summary>
    public string Database => Book.Choose(Named);
}
