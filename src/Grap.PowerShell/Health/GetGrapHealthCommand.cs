using System.Management.Automation;
using Grap.Configuration;
using Grap.Health;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Schemas;
using Grap.PowerShell.Sessions;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Checks a database and its backups.</summary>
[Cmdlet(VerbsCommon.Get, "GrapHealth", DefaultParameterSetName = ByAddress)]
[OutputType(typeof(HealthReport))]
[OutputType(typeof(string))]
public sealed class GetGrapHealthCommand : SessionCommand
{
    private static readonly HealthOptions s_defaults = new();

    /// <summary>The session to check through.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySession, ValueFromPipeline = true)]
    [SessionArgument]
    public override Session? Session { get; set; }

    /// <summary>The repository's folder.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <summary>The file that declares the schema.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SchemaPath { get; set; }

    /// <summary>Only these checks; connectivity always runs.</summary>
    [Parameter]
    [ValidateSet(
        HealthTier.Connectivity, HealthTier.SchemaConsistency, HealthTier.OrphanDetection, HealthTier.BackupFreshness)]
    public string[] Check { get; set; } = [.. HealthTier.Names];

    /// <summary>Counts the graph by label and type.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <summary>Returns the document for monitoring, as text.</summary>
    [Parameter]
    public SwitchParameter AsJson { get; set; }

    /// <summary>The newest backup may be this old.</summary>
    [Parameter]
    public TimeSpan MaxBackupAge { get; set; } = s_defaults.MaxBackupAge;

    /// <summary>The newest proven backup may be this old.</summary>
    [Parameter]
    public TimeSpan MaxProofAge { get; set; } = s_defaults.MaxProofAge;

    /// <summary>Seconds for connectivity.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int ConnectivityTimeout { get; set; } = (int)s_defaults.ConnectivityLimit.TotalSeconds;

    /// <summary>Seconds for schema consistency.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int SchemaTimeout { get; set; } = (int)s_defaults.SchemaLimit.TotalSeconds;

    /// <summary>Seconds for orphan detection.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int OrphanTimeout { get; set; } = (int)s_defaults.OrphanLimit.TotalSeconds;

    /// <summary>Seconds for backup freshness.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int BackupTimeout { get; set; } = (int)s_defaults.BackupLimit.TotalSeconds;

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings((SettingName.Repository, Repository));
        var target = Target();
        var options = MakeOptions() with { Schema = SchemaFile.Load(SessionState, SchemaPath, settings) };
        var checkedTarget = new HealthTarget(target.Address, stopping => OpenAsync(target, stopping))
        {
            Database = target.Database,
            Repository = RepositoryLocation.Resolve(SessionState, settings.Repository),
        };
        Run(async worker =>
        {
            var report = await new HealthCheck(options).RunAsync(checkedTarget, worker.Cancellation)
                .ConfigureAwait(false);
            worker.Output(AsJson ? report.ToJson() : report);
        });
    }

    /// <summary>What the parameters say, without the schema.</summary>
    internal HealthOptions MakeOptions() => new()
    {
        Tiers = Check,
        Detailed = Detailed,
        MaxBackupAge = MaxBackupAge,
        MaxProofAge = MaxProofAge,
        ConnectivityLimit = TimeSpan.FromSeconds(ConnectivityTimeout),
        SchemaLimit = TimeSpan.FromSeconds(SchemaTimeout),
        OrphanLimit = TimeSpan.FromSeconds(OrphanTimeout),
        BackupLimit = TimeSpan.FromSeconds(BackupTimeout),
    };
}
