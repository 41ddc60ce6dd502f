using System.Diagnostics;
using Grap.Lab;
using Grap.Lab.Servers;
using Newtonsoft.Json;

namespace Grap.Bench;

/// <summary>Reads a graph with Neo4j's official JavaScript driver, which the integration tests install.</summary>
internal static class JavaScriptReader
{
    /// <summary>What the whole graph takes, read and dropped, without what starting takes of node; null where node or the
    /// driver is not there.</summary>
    /// <param name="server">Which.</param>
    /// <param name="shape"><c>collected</c>: the queries of <see cref="RawReader.Unwound"/>; <c>natural</c>:
    /// <c>MATCH (n) RETURN n</c> and <c>MATCH ()-[r]-&gt;() RETURN r</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Cost?> ReadAsync(LabServer server, string shape, CancellationToken cancellation)
    {
        var root = RepositoryRoot.Find();
        if (root is null || !Directory.Exists(Path.Combine(root, "tests", "Integration", "JavaScript", "node_modules")))
            return null;
        var start = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(root, "bench"),
        };
        start.ArgumentList.Add("read.mjs");
        Own? own = null;
        var cost = await Cost.OfAsync(server.ProcessId, async () => own = await RunAsync(server, start, shape, cancellation));
        return cost with { Seconds = own!.Seconds, CpuSeconds = own.CpuSeconds };
    }

    private static async Task<Own> RunAsync(
        LabServer server, ProcessStartInfo start, string shape, CancellationToken cancellation)
    {
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        // The password goes through the pipe: arguments can be read by everybody.
        await node.StandardInput.WriteLineAsync(JsonConvert.SerializeObject(
            new { uri = server.Uri.OriginalString, user = server.User, password = server.Password, shape }));
        node.StandardInput.Close();
        var own = await node.StandardOutput.ReadToEndAsync(cancellation);
        await node.WaitForExitAsync(cancellation);
        return node.ExitCode == 0
            ? JsonConvert.DeserializeObject<Own>(own)!
            : throw new InvalidOperationException("The JavaScript driver failed.");
    }

    /// <summary>What node itself measured.</summary>
    private sealed record Own(double Seconds, double CpuSeconds);
}
