using System.Management.Automation;
using Grap.Backups;
using Grap.Configuration;
using Grap.Jobs;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Jobs;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Retention;
using Grap.PowerShell.Sessions;
using Grap.Schedules;

namespace Grap.PowerShell;

/// <summary>What a schedule runs: takes a backup, proves it, applies retention, and tells whoever wants to
/// know.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GrapBackupJob", SupportsShouldProcess = true, DefaultParameterSetName = ByAddress)]
[OutputType(typeof(BackupJobResult))]
public sealed class InvokeGrapBackupJobCommand : SessionCommand, IRetentionRules
{
    private const string Auto = "Auto";
    private const string MetricEnd = ".prom";

    /// <summary>The job's name.</summary>
    [Parameter(Position = 0)]
    [ValidatePattern("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    public string Name { get; set; } = new BackupJobOptions().Name;

    /// <summary>The repository's folder.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <summary>Makes the repository where there is none.</summary>
    [Parameter]
    public SwitchParameter CreateRepository { get; set; }

    /// <summary>How to take the backup.</summary>
    [Parameter]
    [ValidateSet(Auto, nameof(BackupMethod.Bolt), nameof(BackupMethod.HotCopy))]
    public string Method { get; set; } = Auto;

    /// <summary>The server's data folder, where it can be read here.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DataPath { get; set; }

    /// <summary>The most bytes a second that a copy of the files reads; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>Fail rather than publish a backup that is not exact.</summary>
    [Parameter]
    public SwitchParameter RequireExact { get; set; }

    /// <summary>Words to find it by.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>The level that each backup is proven to.</summary>
    [Parameter]
    public VerificationLevel Verify { get; set; } = VerificationLevel.Structure;

    /// <summary>Days until a backup is proven by restoring it again; 0 for never.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int RestoreProofDays { get; set; } = 7;

    /// <summary>Days until retention is applied again; 0 for never.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int RetentionEveryDays { get; set; } = 7;

    /// <summary>Keep all backups younger than so many days.</summary>
    [Parameter]
    [ValidateRange(0, 36_500)]
    public int KeepDays { get; set; }

    /// <summary>Keep the newest so many.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>Keep the newest of each of so many days.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepDaily { get; set; }

    /// <summary>Keep the newest of each of so many weeks.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepWeekly { get; set; }

    /// <summary>Keep the newest of each of so many months.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepMonthly { get; set; }

    /// <summary>Keep the newest of each of so many years.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepYearly { get; set; }

    /// <summary>Never fewer good backups of a database than this.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Minimum { get; set; } = RetentionRules.Minimum;

    /// <summary>Days in the trash before a backup is deleted.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int GraceDays { get; set; } = RetentionRules.GraceDays;

    /// <summary>The file that gets the metrics.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MetricPath { get; set; }

    /// <summary>Called after a success, with the result.</summary>
    [Parameter]
    public ScriptBlock? OnSuccess { get; set; }

    /// <summary>Called after a failure, with the result.</summary>
    [Parameter]
    public ScriptBlock? OnFailure { get; set; }

    /// <summary>How the log is written.</summary>
    [Parameter]
    public JobLogFormat LogFormat { get; set; }

    /// <summary>When the job is meant to run.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CronCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Cron { get; set; }

    /// <summary>Stays in the foreground and runs the job by its schedule.</summary>
    [Parameter]
    public SwitchParameter Schedule { get; set; }

    /// <summary>Returns the results with -Schedule too.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        JobPlan plan;
        try
        {
            plan = MakePlan();
        }
        catch (GrapException wrong) when (!Schedule)
        {
            // A schedule looks at the exit code, which an error would hide.
            WriteObject(JobConsole.Refused(this, Name, Repository, LogFormat, wrong));
            return;
        }
        if (!ShouldProcess($"{plan.Server} into {plan.Repository}", Schedule ? "Back up by schedule" : "Back up"))
            return;
        Run(async worker =>
        {
            using var stopping = new StopRequest(worker.Cancellation);
            var runner = new JobRunner(plan, worker, stopping.Token);
            if (!Schedule)
                worker.Output(await runner.RunAsync().ConfigureAwait(false));
            else
                await runner.KeepRunningAsync(PassThru).ConfigureAwait(false);
        });
    }

    private JobPlan MakePlan()
    {
        var settings = LoadSettings((SettingName.Repository, Repository), (SettingName.MetricFile, MetricPath));
        var isSet = Schedule || settings.OriginOf(SettingName.Schedule) != SettingOrigin.Default;
        var schedule = (Cron ?? (isSet ? settings.Schedule : null)) is { } expression
            ? CronSchedule.Parse(expression)
            : null;
        var server = Target();
        var options = new BackupJobOptions
        {
            Name = Name,
            Database = server.Given?.Database ?? server.Options?.Database,
            Backup = new BackupOptions
            {
                Tags = Tag,
                CompressionLevel = settings.CompressionLevel,
                Method = Method == Auto ? null : Enum.Parse<BackupMethod>(Method),
                DataFolder = FindHints(settings, DataPath),
                MaxBytesPerSecond = MaxBytesPerSecond,
                RequireExact = RequireExact,
            },
            Verify = Verify,
            RestoreProofEvery = TimeSpan.FromDays(RestoreProofDays),
            Retention = this.MakePolicy(settings),
            RetentionEvery = TimeSpan.FromDays(RetentionEveryDays),
            MetricFile = CheckMetricFile(Absolute(settings.MetricFile)),
            SchemaFile = Absolute(settings.Schema),
            Heartbeat = settings.Heartbeat,
            Schedule = schedule,
            CreateRepository = CreateRepository,
            Projects = settings.Projection,
        };
        return new JobPlan(options, RepositoryLocation.Resolve(SessionState, settings.Repository), server)
        {
            Scratch = LoadScratchOptions(),
            Level = settings.LogLevel,
            Format = LogFormat,
            OnSuccess = OnSuccess,
            OnFailure = OnFailure,
        };
    }

    private static string? CheckMetricFile(string? path) =>
        path is null || path.EndsWith(MetricEnd, StringComparison.Ordinal)
            ? path
            : throw new GrapException(GrapCondition.SettingInvalid,
                $"The metrics would go to '{path}', which the node exporter does not read.",
                "Give a file whose name ends in .prom, in the folder of its textfile collector.", path);
}
