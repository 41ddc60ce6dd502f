using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Grap.Schedules;

namespace Grap.PowerShell.Schedules;

/// <summary>The line of PowerShell that a schedule runs. Every path in it is absolute; passwords are in the <c>.env</c>
/// file that it names.</summary>
internal static class JobScript
{
    private const string Command = "Invoke-GrapBackupJob";
    private const string RepositoryParameter = "Repository";

    /// <summary>Writes it.</summary>
    /// <param name="powerShell">The program.</param>
    /// <param name="module">The module's manifest.</param>
    /// <param name="envFile">The settings; null for none.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="parameters">Parameters of the job by name: texts, numbers, switches and lists of texts. What
    /// is null, a switch that is off, or an empty list is left out.</param>
    public static ScheduledCommand Write(
        string powerShell, string module, string? envFile, string name,
        IEnumerable<(string Name, object? Value)> parameters)
    {
        var settings = envFile is null ? "" : $"$env:GRAP_ENV_FILE = {Quote(envFile)}; ";
        var given = string.Concat(parameters.Select(static parameter => Parameter(parameter.Name, parameter.Value)));
        // Without the module there must be no exit code 0.
        var script = $"$ErrorActionPreference = 'Stop'; {settings}Import-Module {Quote(module)}; "
            + $"exit ({Command} {Quote(name)}{given}).ExitCode";
        return new ScheduledCommand(powerShell, ["-NoProfile", "-NonInteractive", "-Command", script]);
    }

    /// <summary>The repository that a schedule's command names; null where it names none.</summary>
    public static string? ReadRepository(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            return null;
        var script = Parser.ParseInput(arguments[^1], out _, out _);
        var isJob = static (Ast node) => node is CommandAst command && command.GetCommandName() == Command;
        if (script.Find(isJob, searchNestedScriptBlocks: true) is not CommandAst job)
            return null;
        var elements = job.CommandElements;
        for (var index = 0; index + 1 < elements.Count; index++)
        {
            if (elements[index] is CommandParameterAst { ParameterName: RepositoryParameter }
                && elements[index + 1] is StringConstantExpressionAst path)
                return path.Value;
        }
        return null;
    }

    private static string Parameter(string name, object? value) => value switch
    {
        null or SwitchParameter { IsPresent: false } or string[] { Length: 0 } => "",
        SwitchParameter => $" -{name}",
        string text => $" -{name} {Quote(text)}",
        string[] texts => $" -{name} {string.Join(',', texts.Select(Quote))}",
        _ => $" -{name} {Convert.ToString(value, CultureInfo.InvariantCulture)}",
    };

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
