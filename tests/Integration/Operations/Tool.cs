using System.ComponentModel;
using System.Diagnostics;
using Grap.Lab;

namespace Grap.Tests.Integration.Operations;

/// <summary>The real tools that read what Grap writes. Where one is missing the test is skipped, and fails where
/// everything has to be tested.</summary>
internal static class Tool
{
    /// <summary>The folder <c>deploy</c>.</summary>
    public static string Deploy { get; } = Path.Combine(RepositoryRoot.Find()!, "deploy");

    /// <summary>Runs a tool to its end. Returns everything that it said.</summary>
    /// <param name="package">Debian's package that has it.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="exitCode">What it must end with.</param>
    /// <param name="variables">What it has in its environment besides.</param>
    /// <param name="minutes">How long it may take.</param>
    public static async Task<string> RunAsync(
        string package, string program, string[] arguments, string? input = null, string? folder = null, int exitCode = 0,
        IReadOnlyDictionary<string, string>? variables = null, int minutes = 1)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Deploy,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Missing(program, package);
            throw;
        }
        using (process)
        {
            var cancellation = TestContext.Current.CancellationToken;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromMinutes(minutes), cancellation);
            var said = await output + await errors;
            Assert.True(process.ExitCode == exitCode, $"{program} ended with {process.ExitCode}: {said}");
            return said;
        }
    }

    /// <summary>Says that a tool is not there.</summary>
    public static void Missing(string program, string package)
    {
        var message = $"There is no {program}: install Debian's package {package}.";
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(message);
        Assert.Skip(message);
    }
}
