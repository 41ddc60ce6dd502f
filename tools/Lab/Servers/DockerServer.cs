using System.Diagnostics;
using System.Globalization;
using Grap.Bolt;

namespace Grap.Lab.Servers;

/// <summary>A server in a container of Neo4j's official image.</summary>
public sealed class DockerServer : LabServer
{
    private const string OwnerLabel = "grap.lab.owner";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private readonly Docker _docker;
    private readonly string _container;
    private readonly string _endpoint;

    private DockerServer(Docker docker, string container, string endpoint)
    {
        _docker = docker;
        _container = container;
        _endpoint = endpoint;
    }

    /// <inheritdoc/>
    public override Uri Uri => new("bolt://" + _endpoint);

    /// <inheritdoc/>
    public override string Description => $"Neo4j {Version} in container {_container} at {Uri}";

    /// <summary>Starts a container; null where no Docker engine answers.</summary>
    public static async Task<DockerServer?> TryStartAsync(LabServerOptions options, CancellationToken cancellation)
    {
        var docker = new Docker(options.Finder.Environment);
        if (await docker.TryRunAsync(["version", "--format", "{{.Server.Version}}"], null, cancellation) is null)
            return null;
        await RemoveOrphansAsync(docker, cancellation);

        options.Finder.Log($"Starting the container neo4j:{options.Version}-community.");
        List<string> arguments =
        [
            "run", "--detach", "--rm", "--publish", "127.0.0.1::7687",
            "--label", $"{OwnerLabel}={System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}",
            "--env", "NEO4J_AUTH", // by name only: the value goes through the environment, not the list of processes
        ];
        foreach (var (name, value) in options.Settings)
            arguments.AddRange(["--env", "NEO4J_" + name.Replace("_", "__").Replace('.', '_') + "=" + value]);
        arguments.Add($"neo4j:{options.Version}-community");
        var auth = options.Password is null ? "none" : "neo4j/" + options.Password;
        var container = await docker.RunAsync(arguments, auth, cancellation);
        try
        {
            var endpoint = await docker.RunAsync(["port", container, "7687/tcp"], null, cancellation);
            var server = new DockerServer(docker, container, endpoint.Split('\n')[0].Trim())
            {
                Version = options.Version,
                Password = options.Password,
            };
            await server.WaitUntilOnlineAsync(cancellation);
            return server;
        }
        catch
        {
            await docker.RunAsync(["rm", "--force", container], null, CancellationToken.None);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() =>
        await _docker.RunAsync(["rm", "--force", _container], null, CancellationToken.None);

    // Containers whose lab no longer runs: a container cannot see that its owner was killed.
    private static async Task RemoveOrphansAsync(Docker docker, CancellationToken cancellation)
    {
        var format = "{{.ID}} {{.Label \"" + OwnerLabel + "\"}}";
        string[] list = ["ps", "--filter", "label=" + OwnerLabel, "--format", format];
        var listed = await docker.RunAsync(list, null, cancellation);
        foreach (var line in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [var id, var owner] && !IsRunning(int.Parse(owner, CultureInfo.InvariantCulture)))
                await docker.RunAsync(["rm", "--force", id], null, cancellation);
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private async Task WaitUntilOnlineAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        await using var driver = Connect();
        while (true)
        {
            try
            {
                await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: limit.Token);
                await using var cursor = await connection.RunAsync(new BoltQuery("RETURN 1"), limit.Token);
                await cursor.ReadAsync(limit.Token);
                return;
            }
            catch (BoltException notYet) when (notYet.Kind != BoltErrorKind.AuthenticationFailed)
            {
                await Task.Delay(500, limit.Token);
            }
        }
    }
}

/// <summary>The docker command.</summary>
internal sealed class Docker(Func<string, string?> environment)
{
    /// <summary>Runs it and returns what it prints; null where there is no docker, or it fails.</summary>
    public async Task<string?> TryRunAsync(
        IEnumerable<string> arguments, string? neo4jAuth, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(arguments, neo4jAuth, cancellation);
        }
        catch (LabException)
        {
            return null;
        }
    }

    /// <summary>Runs it and returns what it prints.</summary>
    public async Task<string> RunAsync(IEnumerable<string> arguments, string? neo4jAuth, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Find())
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (neo4jAuth is not null)
            start.Environment["NEO4J_AUTH"] = neo4jAuth;
        using var process = Process.Start(start) ?? throw new LabException("docker did not start.");
        var complaints = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? output.Trim()
            : throw new LabException($"docker {start.ArgumentList[0]} failed: {(await complaints).Trim()}");
    }

    private string Find()
    {
        var name = OperatingSystem.IsWindows() ? "docker.exe" : "docker";
        return (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists) ?? throw new LabException("There is no docker on this machine.");
    }
}
