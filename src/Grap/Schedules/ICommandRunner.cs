using System.ComponentModel;
using System.Diagnostics;

namespace Grap.Schedules;

/// <summary>What a program said.</summary>
public sealed record CommandAnswer(int ExitCode, string Output, string Errors);

/// <summary>Runs the commands of schedulers: everything that Grap does to a machine's schedules goes through
/// here.</summary>
public interface ICommandRunner
{
    /// <summary>Runs a program to its end. Null where there is no such program.</summary>
    CommandAnswer? Run(string program, IReadOnlyList<string> arguments, string? input = null);
}

/// <summary>The real ones.</summary>
public sealed class CommandRunner : ICommandRunner
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public CommandAnswer? Run(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Some of their answers are read.
        start.Environment["LC_ALL"] = "C";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }
        using (process)
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (input is not null)
                process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                throw new GrapException(GrapCondition.SchedulerUnavailable, $"'{program}' does not come to an end.",
                    "Run it by hand and see what it waits for.", program);
            }
            return new CommandAnswer(
                process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
        }
    }
}
