using System.Diagnostics;
using System.Text;
using Grap.Lab;

namespace Grap.Tests.Integration;

/// <summary>JavaScript beside these tests, with packages of others, run by node.</summary>
/// <param name="folder">Where it is, in this project.</param>
/// <param name="what">What it is for, for who has to do without.</param>
internal sealed class NodePackage(string folder, string what)
{
    private readonly string _folder = Path.Combine(
        RepositoryRoot.Find() ?? throw new InvalidOperationException("The tests run outside a checkout."),
        "tests", "Integration", folder);

    /// <summary>Starts a script. Installs the packages before, if need be, and skips the test where they cannot be
    /// had.</summary>
    public async Task<Process> StartAsync(CancellationToken cancellation, params string[] arguments)
    {
        await InstallAsync(cancellation);
        return Start("node", arguments);
    }

    // npm installs exactly what package-lock.json pins; once is enough.
    private async Task InstallAsync(CancellationToken cancellation)
    {
        var wanted = Path.Combine(_folder, "package-lock.json");
        var installed = Path.Combine(_folder, "node_modules", ".package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted))
            return;

        string complaint;
        try
        {
            using var npm = Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci", "--no-audit", "--no-fund");
            npm.StandardInput.Close();
            var errors = npm.StandardError.ReadToEndAsync(cancellation);
            await npm.StandardOutput.ReadToEndAsync(cancellation);
            await npm.WaitForExitAsync(cancellation);
            if (npm.ExitCode == 0)
                return;
            complaint = (await errors).Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            complaint = missing.Message;
        }
        Assert.Skip($"{what} cannot be had here: it needs node 18 or newer with npm, and once a package mirror ('npm ci' "
            + $"in tests/Integration/{folder}). {complaint}");
    }

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}
