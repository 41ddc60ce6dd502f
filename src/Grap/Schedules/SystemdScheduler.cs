using System.Text;

namespace Grap.Schedules;

/// <summary>Timers of systemd: root's are the machine's, everybody else's their own.</summary>
/// <param name="commands">Runs <c>systemctl</c>.</param>
/// <param name="folder">Where the units are.</param>
/// <param name="forUser">Whether they are a user's.</param>
public sealed class SystemdScheduler(ICommandRunner commands, string folder, bool forUser) : IScheduler
{
    private const string Program = "systemctl";
    private const string Beginning = "grap-";
    private const string ServiceEnd = ".service";
    private const string TimerEnd = ".timer";

    /// <summary>Those of whoever runs this process.</summary>
    public static SystemdScheduler OfProcess(ICommandRunner commands)
    {
        var isRoot = Environment.UserName == "root";
        var own = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } configuration
            ? configuration
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return new SystemdScheduler(
            commands, isRoot ? "/etc/systemd/system" : Path.Combine(own, "systemd", "user"), !isRoot);
    }

    /// <inheritdoc/>
    public SchedulerKind Kind => SchedulerKind.Systemd;

    /// <inheritdoc/>
    public bool IsPresent => Call("list-timers", "--no-pager") is { ExitCode: 0 };

    /// <inheritdoc/>
    public IReadOnlyList<RegisteredSchedule> List()
    {
        if (!Directory.Exists(folder))
            return [];
        return Guard(() => Directory.GetFiles(folder, $"{Beginning}*{TimerEnd}").Order(StringComparer.Ordinal)
            .Select(Read).OfType<RegisteredSchedule>().ToList());
    }

    /// <inheritdoc/>
    public string Describe(ScheduleDefinition schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return SystemdUnits.Service(schedule) + SystemdUnits.Timer(schedule);
    }

    /// <inheritdoc/>
    public void Register(ScheduleDefinition schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var (service, timer) = (SystemdUnits.Service(schedule), SystemdUnits.Timer(schedule));
        if (Guard(() => Holds(PathOf(schedule.Name, ServiceEnd), service) && Holds(PathOf(schedule.Name, TimerEnd), timer))
            && IsInForce(schedule.Name))
            return;
        Guard(() =>
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(PathOf(schedule.Name, ServiceEnd), service);
            File.WriteAllText(PathOf(schedule.Name, TimerEnd), timer);
            return true;
        });
        Demand("daemon-reload");
        Demand("enable", "--now", $"{Beginning}{schedule.Name}{TimerEnd}");
        // A timer that runs already goes by its new times from here on only.
        Demand("restart", $"{Beginning}{schedule.Name}{TimerEnd}");
    }

    /// <inheritdoc/>
    public bool Unregister(string name)
    {
        var timer = PathOf(name, TimerEnd);
        if (!File.Exists(timer))
            return false;
        Demand("disable", "--now", $"{Beginning}{name}{TimerEnd}");
        // When it last ran; else one registered under this name later makes up at once for all the time between. Where systemd
        // is too old to forget it, that is what happens.
        _ = Call("clean", "--what=state", $"{Beginning}{name}{TimerEnd}");
        Guard(() =>
        {
            File.Delete(timer);
            File.Delete(PathOf(name, ServiceEnd));
            return true;
        });
        Demand("daemon-reload");
        return true;
    }

    private RegisteredSchedule? Read(string timer)
    {
        var name = Path.GetFileNameWithoutExtension(timer)[Beginning.Length..];
        var service = PathOf(name, ServiceEnd);
        if (!File.Exists(service) || SystemdUnits.ReadCron(File.ReadAllText(timer)) is not { } cron
            || SystemdUnits.ReadCommand(File.ReadAllText(service)) is not [var program, .. var arguments])
            return null;
        return new RegisteredSchedule
        {
            Name = name,
            Scheduler = SchedulerKind.Systemd,
            Cron = cron,
            Enabled = Call("is-enabled", Path.GetFileName(timer)) is { ExitCode: 0 },
            Program = program,
            Arguments = arguments,
            Source = timer,
        };
    }

    private static bool Holds(string path, string text) =>
        File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text));

    // Somebody may have disabled or stopped it, and a registration that ended halfway leaves files that systemd has not read.
    private bool IsInForce(string name)
    {
        var (service, timer) = ($"{Beginning}{name}{ServiceEnd}", $"{Beginning}{name}{TimerEnd}");
        return Call("is-enabled", timer) is { ExitCode: 0 } && Call("is-active", timer) is { ExitCode: 0 }
            && Call("show", "--property=NeedDaemonReload", service, timer) is { ExitCode: 0 } read
            && !read.Output.Contains("=yes", StringComparison.Ordinal);
    }

    private string PathOf(string name, string end) => Path.Combine(folder, $"{Beginning}{name}{end}");

    private CommandAnswer? Call(params string[] arguments) =>
        commands.Run(Program, forUser ? ["--user", .. arguments] : arguments);

    private void Demand(params string[] arguments)
    {
        var answer = Call(arguments) ?? throw Unavailable("This machine has no systemctl.");
        if (answer.ExitCode != 0)
            throw Unavailable($"'systemctl {string.Join(' ', arguments)}' failed with exit code {answer.ExitCode}: "
                + answer.Errors.Trim());
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unavailable($"The units in '{folder}' cannot be read or written: {failure.Message}", failure);
        }
    }

    private GrapException Unavailable(string what, Exception? inner = null) => new(GrapCondition.SchedulerUnavailable,
        what, "See whether systemd runs here for this user (systemctl --user status), or use -Scheduler Cron.", folder,
        inner);
}
