using System.Globalization;
using System.Text;

namespace Grap.Schedules;

/// <summary>The two files of a systemd timer. What runs is the service; when, the timer.</summary>
internal static class SystemdUnits
{
    private const string CronKey = "X-Grap-Cron=";
    private const string CommandKey = "ExecStart=";
    private static readonly string[] s_weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <summary>The service.</summary>
    public static string Service(ScheduleDefinition schedule) =>
        $"""
        # Written by Register-GrapBackupSchedule; it writes it again.
        [Unit]
        Description=Grap backup schedule {schedule.Name}
        Documentation=man:systemd.service(5)
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=oneshot
        {CommandKey}{string.Join(' ', schedule.Command.Words.Select(Quote))}
        # 2: another job was at work.
        SuccessExitStatus=2
        # The server goes first: a fifth of a service's usual share where both want the same core or disk.
        CPUWeight=20
        IOWeight=20

        """;

    /// <summary>The timer. Time that passed while the machine was off is made up for.</summary>
    public static string Timer(ScheduleDefinition schedule) =>
        $"""
        # Written by Register-GrapBackupSchedule; it writes it again.
        [Unit]
        Description=Grap backup schedule {schedule.Name}

        [Timer]
        OnCalendar={Calendar(schedule.Cron)}
        Persistent=true
        AccuracySec=1s

        [Install]
        WantedBy=timers.target

        [X-Grap]
        {CronKey}{schedule.Cron.Expression}

        """;

    /// <summary>The same times as a calendar event: <c>Mon,Tue *-*-* 02:00:00</c>.</summary>
    public static string Calendar(CronSchedule cron)
    {
        var days = cron.Weekdays is { } weekdays
            ? string.Join(',', weekdays.Select(static day => s_weekdays[day])) + " "
            : "";
        return $"{days}*-{List(cron.Months, 12)}-{List(cron.Days, 31)} "
            + $"{List(cron.Hours, 24)}:{List(cron.Minutes, 60)}:00";
    }

    /// <summary>What a timer's file says of its cron expression; null where it says nothing.</summary>
    public static string? ReadCron(string timer) => Find(timer, CronKey);

    /// <summary>The command in a service's file.</summary>
    public static string[] ReadCommand(string service) =>
        Find(service, CommandKey) is { } line ? Split(line) : [];

    private static string List(IReadOnlyList<int>? values, int all) => values is null || values.Count == all
        ? "*"
        : string.Join(',', values.Select(static value => value.ToString("00", CultureInfo.InvariantCulture)));

    /// <summary>In double quotes, for what systemd unescapes: backslashes, <c>%</c> specifiers and
    /// <c>$</c> variables.</summary>
    private static string Quote(string word)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in word)
        {
            _ = letter switch
            {
                '\\' or '"' => text.Append('\\').Append(letter),
                '%' => text.Append("%%"),
                '$' => text.Append("$$"),
                '\n' => text.Append(@"\n"),
                '\t' => text.Append(@"\t"),
                _ => text.Append(letter),
            };
        }
        return text.Append('"').ToString();
    }

    private static string[] Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        for (var index = 0; index < line.Length; index++)
        {
            var letter = line[index];
            var next = index + 1 < line.Length ? line[index + 1] : '\0';
            if (letter == '"')
            {
                if (quoted)
                    words.Add(word.ToString());
                (quoted, word) = (!quoted, new StringBuilder());
            }
            else if (letter is '%' or '$' && next == letter)
            {
                word.Append(letter);
                index++;
            }
            else if (letter == '\\')
            {
                word.Append(next switch { 'n' => '\n', 't' => '\t', _ => next });
                index++;
            }
            else if (quoted)
                word.Append(letter);
        }
        return [.. words];
    }

    private static string? Find(string unit, string key) => unit.Split('\n')
        .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
}
