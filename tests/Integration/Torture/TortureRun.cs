using System.Diagnostics;
using Grap.Tests.Integration.Servers;
using Grap.Tests.Torture;

namespace Grap.Tests.Integration.Torture;

/// <summary>The torture's program, run to its end as a process of its own.</summary>
/// <param name="ExitCode">0 where everything held; 3 where no Neo4j can be had.</param>
/// <param name="Said">What it printed.</param>
/// <param name="Complaints">What it wrote to standard error.</param>
internal sealed record TortureRun(int ExitCode, string Said, string Complaints)
{
    public static async Task<TortureRun> RunAsync(
        IEnumerable<string> arguments, CancellationToken cancellation, string? home = null)
    {
        using var torture = Start(arguments, home);
        try
        {
            var said = torture.StandardOutput.ReadToEndAsync(cancellation);
            var complaints = await torture.StandardError.ReadToEndAsync(cancellation);
            await torture.WaitForExitAsync(cancellation);
            return new TortureRun(torture.ExitCode, await said, complaints);
        }
        finally
        {
            if (!torture.HasExited)
                torture.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(IEnumerable<string> arguments, string? home)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(TortureProgram.Path);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[TortureProgram.PasswordVariable] = ServerPool.Password;
        if (home is not null)
            start.Environment["NEO4J_HOME"] = home;
        return Process.Start(start)!;
    }
}
