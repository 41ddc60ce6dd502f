using System.Diagnostics;
using System.Globalization;
using Grap.Lab;
using Grap.Lab.Servers;
using Newtonsoft.Json;

namespace Grap.Bench;

/// <summary>Reads a graph with Neo4j's official JavaScript driver, which the integration tests install.</summary>
internal static class JavaScriptReader
{
    /// <summary>Seconds for the whole graph, read and dropped, without the time to start; null where node or the driver
    /// is not there.</summary>
    /// <param name="server">Which.</param>
    /// <param name="shape"><c>collected</c>: the queries of <see cref="RawReader.Unwound"/>; <c>natural</c>:
    /// <c>MATCH (n) RETURN n</c> and <c>MATCH ()-[r]-&gt;() RETURN r</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<double?> TimeAsync(LabServer server, string shape, CancellationToken cancellation)
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
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        // The password goes through the pipe: arguments can be read by everybody.
        await node.StandardInput.WriteLineAsync(JsonConvert.SerializeObject(
            new { uri = server.Uri.OriginalString, user = server.User, password = server.Password, shape }));
        node.StandardInput.Close();
        var seconds = await node.StandardOutput.ReadToEndAsync(cancellation);
        await node.WaitForExitAsync(cancellation);
        return node.ExitCode == 0
            ? double.Parse(seconds, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("The JavaScript driver failed.");
    }
}
