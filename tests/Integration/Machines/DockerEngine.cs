using System.Diagnostics;
using System.Runtime.Versioning;
using Grap.Schedules;
using Grap.Tests.Integration.Operations;

namespace Grap.Tests.Integration.Machines;

/// <summary>A Docker engine of a test's own. Only root can start one; for others tests are skipped.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DockerEngine : IAsyncDisposable
{
    private const string Image = "grap-empty";

    private static readonly string[] s_programs = ["/usr", "/bin", "/lib", "/lib64", "/etc"];

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-docker-").FullName;
    private Process? _process;

    private DockerEngine() { }

    /// <summary>Its address, for <c>DOCKER_HOST</c>.</summary>
    public string Address => $"unix://{_folder}/socket";

    /// <summary>Starts one. Skips the test where that cannot be done.</summary>
    public static async Task<DockerEngine> StartAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("Only root on Linux can start a Docker engine for a test.");
        if (!File.Exists("/usr/sbin/dockerd") && !File.Exists("/usr/bin/dockerd"))
            Tool.Missing("dockerd", "docker.io");
        var engine = new DockerEngine();
        try
        {
            await engine.BeginAsync(cancellation);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a container that does not run yet, of an image that is empty: it sees the programs of this machine, and
    /// uses its network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shared">Folders that it shares with this machine, under the same paths.</param>
    /// <param name="variables">Its environment.</param>
    /// <param name="command">What it runs.</param>
    public void Create(
        string name, IEnumerable<string> shared, IEnumerable<(string Name, string Value)> variables,
        params string[] command) => Ask(
        [
            "create", "--name", name, "--network", "host", "--tmpfs", "/tmp",
            .. s_programs.Where(Directory.Exists).SelectMany(static path => new[] { "--volume", $"{path}:{path}:ro" }),
            .. shared.SelectMany(static path => new[] { "--volume", $"{path}:{path}" }),
            .. variables.SelectMany(static variable => new[] { "--env", $"{variable.Name}={variable.Value}" }),
            Image, .. command,
        ]);

    /// <summary>Asks it, and returns what it says.</summary>
    public string Ask(params string[] arguments)
    {
        var answer = Run(arguments);
        Assert.True(answer.ExitCode == 0, $"docker {string.Join(' ', arguments)}: {answer.Errors}");
        return answer.Output.Trim();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            foreach (var container in Run(["ps", "--all", "--quiet"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Run(["rm", "--force", container]);
            // Their bridges are this machine's.
            Run(["network", "prune", "--force"]);
            // In peace, so that it ends what it has started.
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync(CancellationToken.None);
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("unshare")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // With mounts of its own, which end with it, and no network but the machine's, so that nothing of its rules is
        // touched.
        foreach (var argument in (string[])
            [
                "--mount", "--propagation", "private", "dockerd",
                "--host", Address, "--data-root", Path.Combine(_folder, "data"), "--exec-root", Path.Combine(_folder, "run"),
                "--pidfile", Path.Combine(_folder, "pid"), "--bridge", "none", "--iptables=false", "--ip6tables=false",
            ])
        {
            start.ArgumentList.Add(argument);
        }
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        var (output, errors) = (
            _process.StandardOutput.ReadToEndAsync(cancellation), _process.StandardError.ReadToEndAsync(cancellation));
        for (var patience = Stopwatch.StartNew(); Run(["version"]).ExitCode != 0;)
        {
            if (_process.HasExited)
                Assert.Skip($"Docker cannot be started here: {await output}{await errors}");
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "Docker does not come up.");
            await Task.Delay(200, cancellation);
        }
        var empty = Path.Combine(_folder, "empty.tar");
        // A tar's end, and nothing before it.
        await File.WriteAllBytesAsync(empty, new byte[1024], cancellation);
        Ask("import", empty, Image);
    }

    private CommandAnswer Run(string[] arguments) =>
        new CommandRunner().Run("docker", ["--host", Address, .. arguments])!;
}
