using System.Xml;
using System.Xml.Linq;

namespace Grap.Schedules;

/// <summary>A task of Windows' Task Scheduler as XML (schema 1.2). Everything that has a default which could keep a
/// backup from running is set: batteries, idleness, time limit, missed starts, principal.</summary>
internal static class TaskXml
{
    private const string CronMark = "Cron: ";
    private static readonly XNamespace s_task = "http://schemas.microsoft.com/windows/2004/02/mit/task";
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>Writes it.</summary>
    /// <param name="schedule">What, and when.</param>
    /// <param name="path">The task's path: <c>\Grap\name</c>.</param>
    /// <param name="principal">With whose rights.</param>
    /// <param name="user">The user, for <see cref="SchedulePrincipal.CurrentUser"/>: <c>DOMAIN\name</c>.</param>
    public static string Write(ScheduleDefinition schedule, string path, SchedulePrincipal principal, string user)
    {
        var document = new XDocument(new XElement(s_task + "Task", new XAttribute("version", "1.2"),
            new XElement(s_task + "RegistrationInfo",
                new XElement(s_task + "Author", "Grap"),
                new XElement(s_task + "Description",
                    $"Grap backup schedule {schedule.Name}. {CronMark}{schedule.Cron.Expression}"),
                new XElement(s_task + "URI", path)),
            new XElement(s_task + "Triggers", TaskTriggers.Of(schedule.Cron, s_task)),
            new XElement(s_task + "Principals", Principal(principal, user)),
            new XElement(s_task + "Settings",
                Setting("MultipleInstancesPolicy", "IgnoreNew"),
                Setting("DisallowStartIfOnBatteries", "false"),
                Setting("StopIfGoingOnBatteries", "false"),
                Setting("AllowHardTerminate", "true"),
                Setting("StartWhenAvailable", "true"),
                Setting("RunOnlyIfNetworkAvailable", "false"),
                Setting("AllowStartOnDemand", "true"),
                Setting("Enabled", "true"),
                Setting("Hidden", "false"),
                Setting("RunOnlyIfIdle", "false"),
                Setting("WakeToRun", "false"),
                Setting("ExecutionTimeLimit", XmlConvert.ToString(s_longest)),
                Setting("Priority", "7")),
            new XElement(s_task + "Actions", new XAttribute("Context", "Author"),
                new XElement(s_task + "Exec",
                    new XElement(s_task + "Command", schedule.Command.Program),
                    new XElement(s_task + "Arguments", WindowsArguments.Write(schedule.Command.Arguments))))));
        return $"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n{document}\n";
    }

    /// <summary>Reads one that Grap wrote; null for any other.</summary>
    public static RegisteredSchedule? TryRead(XElement task, string folder)
    {
        var path = (string?)task.Element(s_task + "RegistrationInfo")?.Element(s_task + "URI");
        var description = (string?)task.Element(s_task + "RegistrationInfo")?.Element(s_task + "Description");
        var exec = task.Element(s_task + "Actions")?.Element(s_task + "Exec");
        if (path?.StartsWith(folder, StringComparison.OrdinalIgnoreCase) != true || exec is null
            || description?.IndexOf(CronMark, StringComparison.Ordinal) is not (>= 0 and var mark))
            return null;
        return new RegisteredSchedule
        {
            Name = path[folder.Length..],
            Scheduler = SchedulerKind.TaskScheduler,
            Cron = description[(mark + CronMark.Length)..].Trim(),
            Enabled = (string?)task.Element(s_task + "Settings")?.Element(s_task + "Enabled") != "false",
            Program = (string?)exec.Element(s_task + "Command") ?? "",
            Arguments = WindowsArguments.Read((string?)exec.Element(s_task + "Arguments") ?? ""),
            Source = path,
        };
    }

    private static XElement Principal(SchedulePrincipal principal, string user)
    {
        var element = new XElement(s_task + "Principal", new XAttribute("id", "Author"));
        if (principal == SchedulePrincipal.CurrentUser)
            element.Add(new XElement(s_task + "UserId", user), new XElement(s_task + "LogonType", "S4U"));
        else
            element.Add(new XElement(s_task + "UserId", WellKnown(principal)));
        element.Add(new XElement(s_task + "RunLevel", "LeastPrivilege"));
        return element;
    }

    // The same on a Windows of any language.
    private static string WellKnown(SchedulePrincipal principal) => principal switch
    {
        SchedulePrincipal.System => "S-1-5-18",
        SchedulePrincipal.LocalService => "S-1-5-19",
        _ => "S-1-5-20",
    };

    private static XElement Setting(string name, string value) => new(s_task + name, value);
}
