using System.Management.Automation;
using Grap.Audit;
using Grap.Backups;
using Grap.Configuration;
using Grap.Jobs;
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
    private const string Auto = "Auto";
    private const string EnvFileVariable = "GRAP_ENV_FILE";

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

    /// <summary>How to take the backups.</summary>
    [Parameter]
    [ValidateSet(Auto, nameof(BackupMethod.Bolt), nameof(BackupMethod.HotCopy))]
    public string? Method { get; set; }

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

    /// <summary>Words to find the backups by.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

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

    /// <summary>Keep all backups younger than so many days.</summary>
    [Parameter]
    [ValidateRange(0, 36_500)]
    public int? KeepDays { get; set; }

    /// <summary>Keep the newest so many.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepLast { get; set; }

    /// <summary>Keep the newest of each of so many days.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepDaily { get; set; }

    /// <summary>Keep the newest of each of so many weeks.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepWeekly { get; set; }

    /// <summary>Keep the newest of each of so many months.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepMonthly { get; set; }

    /// <summary>Keep the newest of each of so many years.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepYearly { get; set; }

    /// <summary>Never fewer good backups of a database than this.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Minimum { get; set; }

    /// <summary>Days in the trash before a backup is deleted.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int? GraceDays { get; set; }

    /// <summary>The file that gets the metrics.</summary>
    [Parameter]
    [ValidatePattern(@"\.prom$")]
    public string? MetricPath { get; set; }

    /// <summary>How the job's log is written.</summary>
    [Parameter]
    public JobLogFormat? LogFormat { get; set; }

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
        var envFile = FindEnvFile();
        var job = LoadJobSettings(envFile);
        var cron = CronSchedule.Parse(Cron ?? (IsNamedIn(job, SettingName.Schedule) ? job : LoadSettings()).Schedule);
        var repository = LocateRepository(IsNamedIn(job, SettingName.Repository) ? job.Repository : null);
        var schedule = new ScheduleDefinition(Name, cron, MakeCommand(cron, repository, envFile));
        var scheduler = Schedulers.Choose(
            Schedulers.OfSystem(ScheduleCommands.Runner, Principal), Scheduler);
        WriteVerbose(scheduler.Describe(schedule));
        WarnOfLost(job);
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

    private ScheduledCommand MakeCommand(CronSchedule cron, string repository, string? envFile) => JobScript.Write(
        PowerShellProgram.Find(Absolute(PowerShellPath)),
        Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, "Grap.psd1"), envFile, Name,
        [
            (nameof(Repository), repository),
            (nameof(Cron), cron.Expression),
            (nameof(Method), Method),
            (nameof(DataPath), Absolute(DataPath)),
            (nameof(MaxBytesPerSecond), MaxBytesPerSecond),
            (nameof(RequireExact), RequireExact),
            (nameof(Tag), Tag),
            (nameof(Verify), Verify?.ToString()),
            (nameof(RestoreProofDays), RestoreProofDays),
            (nameof(RetentionEveryDays), RetentionEveryDays),
            (nameof(KeepDays), KeepDays),
            (nameof(KeepLast), KeepLast),
            (nameof(KeepDaily), KeepDaily),
            (nameof(KeepWeekly), KeepWeekly),
            (nameof(KeepMonthly), KeepMonthly),
            (nameof(KeepYearly), KeepYearly),
            (nameof(Minimum), Minimum),
            (nameof(GraceDays), GraceDays),
            (nameof(MetricPath), Absolute(MetricPath)),
            (nameof(LogFormat), LogFormat?.ToString()),
        ]);

    private string? FindEnvFile()
    {
        var named = Absolute(EnvFile ?? Environment.GetEnvironmentVariable(EnvFileVariable) switch
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

    /// <summary>The settings as the scheduled job will find them.</summary>
    private static GrapSettings LoadJobSettings(string? envFile) =>
        GrapSettings.Load(SettingSurroundings.OfProcess(folder: null) with
        {
            Variable = name => name == EnvFileVariable ? envFile : null,
        });

    // A file that a parameter names says more than the environment of this session.
    private bool IsNamedIn(GrapSettings job, string name) =>
        EnvFile is not null && job.OriginOf(name) == SettingOrigin.EnvFile;

    // What only this session's environment sets is lost: the job would back up localhost, or fail, every night.
    private void WarnOfLost(GrapSettings job)
    {
        // What stands in the job's command line counts as a parameter here too.
        var here = LoadSettings(
            (SettingName.Repository, "given"), (SettingName.Schedule, "given"), (SettingName.MetricFile, MetricPath),
            (SettingName.Data, DataPath));
        var lost = here.List()
            .Where(setting => setting.Origin == SettingOrigin.Environment
                && job.OriginOf(setting.Name) == SettingOrigin.Default)
            .Select(static setting => setting.Name).ToList();
        if (lost.Count > 0)
            WriteWarning($"Set in the environment of this session only, which the scheduled job does not have: "
                + $"{string.Join(", ", lost)}. Put what the job needs into a file and name it with -EnvFile.");
    }
}
