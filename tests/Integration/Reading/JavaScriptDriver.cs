using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Grap.Lab;
using Grap.Lab.Servers;
using Newtonsoft.Json;

namespace Grap.Tests.Integration.Reading;

/// <summary>A client that shares no code with Grap: Neo4j's official JavaScript driver, run by node.</summary>
public sealed class JavaScriptDriver
{
    private readonly string _folder = Path.Combine(
        RepositoryRoot.Find() ?? throw new InvalidOperationException("The tests run outside a checkout."),
        "tests", "Integration", "JavaScript");

    /// <summary>Reads the whole graph of a server as canonical lines: nodes by id, then relationships by id. Skips
    /// the test where the driver cannot be installed.</summary>
    public async Task<IReadOnlyList<string>> DumpAsync(LabServer server, CancellationToken cancellation)
    {
        var lines = new List<string>();
        await foreach (var line in ReadAsync(server, cancellation))
            lines.Add(line);
        return lines;
    }

    /// <summary>The same, line by line, for graphs that are too large for memory.</summary>
    public async IAsyncEnumerable<string> ReadAsync(
        LabServer server, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await InstallAsync(cancellation);
        using var node = Start("node", "dump.js");
        var complaints = node.StandardError.ReadToEndAsync(cancellation);
        // The password goes through the pipe: arguments can be read by everybody.
        await node.StandardInput.WriteLineAsync(JsonConvert.SerializeObject(
            new { uri = server.Uri.OriginalString, user = server.User, password = server.Password }));
        node.StandardInput.Close();
        try
        {
            while (await node.StandardOutput.ReadLineAsync(cancellation) is { } line)
                yield return line;
            await node.WaitForExitAsync(cancellation);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill(entireProcessTree: true);
        }
        if (node.ExitCode != 0)
            throw new InvalidOperationException($"The JavaScript driver failed: {await complaints}");
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
        Assert.Skip("Neo4j's JavaScript driver cannot be had here: it needs node 18 or newer with npm, and once a "
            + $"package mirror ('npm ci' in tests/Integration/JavaScript). {complaint}");
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
