using Grap.Schedules;

namespace Grap.Tests.Unit.Schedules;

/// <summary>Keeps a crontab and tasks in memory, and what it was asked.</summary>
internal sealed class FakeCommands : ICommandRunner
{
    /// <summary>The crontab; null for none.</summary>
    public string? Table { get; set; }

    /// <summary>Tasks' XML by path.</summary>
    public SortedDictionary<string, string> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything asked, words joined.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What these calls answer instead, by everything asked.</summary>
    public Dictionary<string, CommandAnswer> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>What every call answers instead.</summary>
    public CommandAnswer? Answer { get; set; }

    /// <summary>Whether there are such programs.</summary>
    public bool Exist { get; set; } = true;

    public CommandAnswer? Run(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        Asked.Add($"{program} {string.Join(' ', arguments)}");
        if (!Exist)
            return null;
        if (Answer is not null)
            return Answer;
        if (Answers.TryGetValue(Asked[^1], out var answer))
            return answer;
        switch (program, arguments[0])
        {
            case ("crontab", "-l"):
                return Table is null ? new(1, "", "no crontab for tester\n") : new(0, Table, "");
            case ("crontab", "-"):
                Table = input;
                return new(0, "", "");
            case ("schtasks.exe", "/Create"):
                Tasks[arguments[2]] = File.ReadAllText(arguments[4]);
                return new(0, "SUCCESS", "");
            case ("schtasks.exe", "/Delete"):
                return Tasks.Remove(arguments[2]) ? new(0, "SUCCESS", "") : new(1, "", "ERROR: not found");
            case ("schtasks.exe", "/Query"):
                var tasks = Tasks.Values.Select(static xml => xml[xml.IndexOf("<Task", StringComparison.Ordinal)..]);
                return new(0, $"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Tasks>\n<!-- others -->\n{string.Join('\n', tasks)}</Tasks>\n", "");
            default:
                return new(0, "", "");
        }
    }
}
