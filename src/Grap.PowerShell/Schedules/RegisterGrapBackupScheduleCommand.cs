using System.Management.Automation;
using Grap.Audit;
using Grap.Backups;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Schedules;
using Grap.Repositories;
using Grap.Schedules;

namespace Grap.PowerShell;

/// <summary>Has backups taken by themselves.</summary>
[Cmdlet(VerbsLifecycle.Register, "GrapBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(RegisteredSchedule))]
public sealed class RegisterGrapBackupScheduleCommand : RepositoryCommand
{
    private const string Auth = "NEO4J_AUTH";

    /// <summary>The schedule's name, and the job's.</summary>
    [Parameter(Position = 0)]
    [ValidatePattern("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    public string Name { get; set; } = "backup";

    /// <summary>When.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(CronCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Cron { get; set; }

    /// <summary>What is to run it.</summary>
    [Parameter]
    public SchedulerKind? Scheduler { get; set; }

    /// <summary>The file with the settings.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EnvFile { get; set; }

    /// <summary>The level that each backup is proven to.</summary>
    [Parameter]
    public VerificationLevel? Verify { get; set; }

    /// <summary>Days until a backup is proven by restoring it again; 0 for never.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int? RestoreProofDays { get; set; }

    /// <summary>Days until retention is applied again; 0 for never.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int? RetentionEveryDays { get; set; }

    /// <summary>The file that gets the metrics.</summary>
    [Parameter]
    [ValidatePattern(@"\.prom$")]
    public string? MetricPath { get; set; }

    /// <summary>With whose rights a task of Task Scheduler runs.</summary>
    [Parameter]
    public SchedulePrincipal Principal { get; set; }

    /// <summary>The PowerShell that runs it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PowerShellPath { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings();
        var cron = CronSchedule.Parse(Cron ?? settings.Schedule);
        var repository = LocateRepository();
        var schedule = new ScheduleDefinition(Name, cron, MakeCommand(cron, repository));
        var scheduler = Schedulers.Choose(
            Schedulers.OfSystem(ScheduleCommands.Runner, Principal), Scheduler);
        WriteVerbose(scheduler.Describe(schedule));
        WarnOfPassword(settings);
        if (!ShouldProcess($"schedule {Name}, '{cron}', with {scheduler.Kind}", "Register"))
            return;
        Run(async worker =>
        {
            // A job finds its repository gone rather than making a new one: this is the moment to make it.
            FolderRepository.Open(repository, create: true);
            var trail = new AuditTrail(repository, projects: false, worker.Warning);
            var operation = AuditedOperation.RegisterSchedule(Name) with
            {
                Details = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["cron"] = cron.Expression,
                    ["scheduler"] = scheduler.Kind.ToString(),
                },
            };
            await trail.RunAsync(operation, () => Task.Run(() => scheduler.Register(schedule))).ConfigureAwait(false);
            trail.Record(operation);
            foreach (var registered in scheduler.List().Where(registered => registered.Name == schedule.Name))
                worker.Output(ScheduleCommands.Complete(registered));
        });
    }

    private ScheduledCommand MakeCommand(CronSchedule cron, string repository) => JobScript.Write(
        PowerShellProgram.Find(Absolute(PowerShellPath)),
        Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, "Grap.psd1"), FindEnvFile(), Name,
        [
            (nameof(Repository), repository),
            (nameof(Cron), cron.Expression),
            (nameof(Verify), Verify?.ToString()),
            (nameof(RestoreProofDays), RestoreProofDays),
            (nameof(RetentionEveryDays), RetentionEveryDays),
            (nameof(MetricPath), Absolute(MetricPath)),
        ]);

    private string? FindEnvFile()
    {
        var named = Absolute(EnvFile ?? Environment.GetEnvironmentVariable("GRAP_ENV_FILE") switch
        {
            { Length: > 0 } given => given,
            _ => null,
        });
        if (named is not null && !File.Exists(named))
            throw new GrapException(GrapCondition.SettingInvalid, $"There is no file '{named}'.",
                "Give the file with the settings of the scheduled job with -EnvFile.", named);
        var beside = Absolute(".env");
        return named ?? (File.Exists(beside) ? beside : null);
    }

    private void WarnOfPassword(GrapSettings settings)
    {
        if (settings.OriginOf(Auth) == SettingOrigin.Environment)
            WriteWarning($"{Auth} is set in the environment of this session, which the scheduled job does not have. "
                + "Put it into the file that -EnvFile names.");
    }
}
