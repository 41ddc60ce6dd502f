namespace Grap.Schedules;

/// <summary>The user's crontab. Each schedule is a comment that names it and the line below; everything else in the
/// table
/// stays as it is, byte for byte.</summary>
public sealed class CronScheduler(ICommandRunner commands) : IScheduler
{
    private const string Program = "crontab";
    private const string Mark = "# Grap backup schedule: ";
    private const int Fields = 5;

    /// <inheritdoc/>
    public SchedulerKind Kind => SchedulerKind.Cron;

    /// <inheritdoc/>
    public bool IsPresent => commands.Run(Program, ["-l"]) is not null;

    /// <inheritdoc/>
    public IReadOnlyList<RegisteredSchedule> List()
    {
        var found = new List<RegisteredSchedule>();
        var lines = ReadTable();
        for (var index = 0; index + 1 < lines.Count; index++)
        {
            if (NameOf(lines[index]) is { } name && TryRead(name, lines[index + 1]) is { } schedule)
                found.Add(schedule);
        }
        return found;
    }

    /// <inheritdoc/>
    public string Describe(ScheduleDefinition schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return $"{Mark}{schedule.Name}\n{schedule.Cron.Expression} {CronLine.Write(schedule.Command.Words)}\n";
    }

    /// <inheritdoc/>
    public void Register(ScheduleDefinition schedule)
    {
        var entry = Describe(schedule).TrimEnd('\n').Split('\n');
        var lines = ReadTable();
        var place = lines.FindIndex(line => NameOf(line) == schedule.Name);
        if (place < 0)
            place = lines.Count;
        else if (lines.Skip(place).Take(entry.Length).SequenceEqual(entry, StringComparer.Ordinal))
            return;
        else
            Remove(lines, place);
        lines.InsertRange(place, entry);
        WriteTable(lines);
    }

    /// <inheritdoc/>
    public bool Unregister(string name)
    {
        var lines = ReadTable();
        var place = lines.FindIndex(line => NameOf(line) == name);
        if (place < 0)
            return false;
        Remove(lines, place);
        WriteTable(lines);
        return true;
    }

    private static string? NameOf(string line) =>
        line.StartsWith(Mark, StringComparison.Ordinal) ? line[Mark.Length..].Trim() : null;

    // Somebody may have removed the line below by hand; the next one is theirs then.
    private static void Remove(List<string> lines, int place) =>
        lines.RemoveRange(place, place + 1 < lines.Count && TryRead("", lines[place + 1]) is not null ? 2 : 1);

    private static RegisteredSchedule? TryRead(string name, string line)
    {
        var words = line.Split(' ', Fields + 1);
        if (words.Length <= Fields || CronLine.Read(words[Fields]) is not [var program, .. var arguments])
            return null;
        try
        {
            return new RegisteredSchedule
            {
                Name = name,
                Scheduler = SchedulerKind.Cron,
                Cron = CronSchedule.Parse(string.Join(' ', words[..Fields])).Expression,
                Program = program,
                Arguments = arguments,
                Source = Program,
            };
        }
        catch (GrapException)
        {
            // Not a line that Grap wrote.
            return null;
        }
    }

    private List<string> ReadTable()
    {
        var answer = commands.Run(Program, ["-l"]) ?? throw Missing();
        if (answer.ExitCode == 0)
        {
            var lines = answer.Output.Split('\n').ToList();
            // Behind the last line's end there is nothing.
            if (lines[^1].Length == 0)
                lines.RemoveAt(lines.Count - 1);
            return lines;
        }
        // Anything else must not be taken for an empty table, which would then be written.
        return answer.Errors.Contains("no crontab for", StringComparison.OrdinalIgnoreCase)
            ? []
            : throw Refused(answer);
    }

    private void WriteTable(List<string> lines)
    {
        var table = string.Concat(lines.Select(static line => line + "\n"));
        var answer = commands.Run(Program, ["-"], table) ?? throw Missing();
        if (answer.ExitCode != 0)
            throw Refused(answer);
    }

    private static GrapException Missing() => new(GrapCondition.SchedulerUnavailable, "This machine has no crontab.",
        "Install cron (on Debian the package cron), or choose another scheduler with -Scheduler.", Program);

    private static GrapException Refused(CommandAnswer answer) => new(GrapCondition.SchedulerUnavailable,
        $"crontab failed with exit code {answer.ExitCode}: {answer.Errors.Trim()}",
        "See whether this user may use cron (/etc/cron.allow, /etc/cron.deny).", Program);
}
