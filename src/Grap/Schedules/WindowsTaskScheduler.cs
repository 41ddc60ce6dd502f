using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Grap.Schedules;

/// <summary>Windows' Task Scheduler, in a folder of its own, through <c>schtasks.exe</c>.</summary>
/// <param name="commands">Runs it.</param>
/// <param name="principal">With whose rights tasks run.</param>
/// <param name="user">The user who registers: <c>DOMAIN\name</c>.</param>
public sealed class WindowsTaskScheduler(ICommandRunner commands, SchedulePrincipal principal, string user) : IScheduler
{
    private const string Program = "schtasks.exe";
    private const string Folder = @"\Grap\";

    /// <inheritdoc/>
    public SchedulerKind Kind => SchedulerKind.TaskScheduler;

    /// <inheritdoc/>
    public bool IsPresent => commands.Run(Program, ["/Query", "/FO", "LIST"]) is { ExitCode: 0 };

    /// <inheritdoc/>
    public IReadOnlyList<RegisteredSchedule> List()
    {
        var answer = Demand("/Query", "/XML", "ONE");
        try
        {
            // Declarations may stand between the tasks of some versions' answer.
            return [.. XDocument.Parse(answer.Output.Trim()).Root!.DescendantsAndSelf()
                .Where(static element => element.Name.LocalName == "Task")
                .Select(static task => TaskXml.TryRead(task, Folder)).OfType<RegisteredSchedule>()
                .OrderBy(static schedule => schedule.Name, StringComparer.Ordinal)];
        }
        catch (XmlException failure)
        {
            throw Unavailable($"What schtasks says cannot be read: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public string Describe(ScheduleDefinition schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return TaskXml.Write(schedule, Folder + schedule.Name, principal, user);
    }

    /// <inheritdoc/>
    public void Register(ScheduleDefinition schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var file = Path.Combine(Path.GetTempPath(), $"grap-{Guid.NewGuid():N}.xml");
        try
        {
            File.WriteAllText(file, Describe(schedule), Encoding.Unicode);
            Demand("/Create", "/TN", Folder + schedule.Name, "/XML", file, "/F");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unavailable($"'{file}' cannot be written: {failure.Message}", failure);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public bool Unregister(string name)
    {
        if (!List().Any(schedule => schedule.Name == name))
            return false;
        Demand("/Delete", "/TN", Folder + name, "/F");
        return true;
    }

    private CommandAnswer Demand(params string[] arguments)
    {
        var answer = commands.Run(Program, arguments) ?? throw Unavailable("This machine has no Task Scheduler.");
        return answer.ExitCode == 0
            ? answer
            : throw Unavailable($"schtasks {arguments[0]} failed with exit code {answer.ExitCode}: "
                + answer.Errors.Trim());
    }

    private static GrapException Unavailable(string what, Exception? inner = null) => new(
        GrapCondition.SchedulerUnavailable, what,
        "Run PowerShell as an administrator for another principal than yourself; is the service Schedule running?",
        Program, inner);
}
