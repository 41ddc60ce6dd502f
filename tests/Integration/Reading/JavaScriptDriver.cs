using System.Runtime.CompilerServices;
using Grap.Lab.Servers;
using Newtonsoft.Json;

namespace Grap.Tests.Integration.Reading;

/// <summary>A client that shares no code with Grap: Neo4j's official JavaScript driver, run by node.</summary>
public sealed class JavaScriptDriver
{
    private readonly NodePackage _package = new("JavaScript", "Neo4j's JavaScript driver");

    /// <summary>Reads the whole graph of a server as canonical lines: nodes by id, then relationships by id. Skips
    /// the test where the driver cannot be installed.</summary>
    public Task<IReadOnlyList<string>> DumpAsync(LabServer server, CancellationToken cancellation) =>
        DumpAsync(server.Uri.OriginalString, server.User, server.Password, cancellation);

    /// <summary>The same of a server at an address.</summary>
    public async Task<IReadOnlyList<string>> DumpAsync(
        string uri, string? user, string? password, CancellationToken cancellation)
    {
        var lines = new List<string>();
        await foreach (var line in ReadAsync(uri, user, password, cancellation))
            lines.Add(line);
        return lines;
    }

    /// <summary>The same, line by line, for graphs that are too large for memory.</summary>
    public IAsyncEnumerable<string> ReadAsync(LabServer server, CancellationToken cancellation) =>
        ReadAsync(server.Uri.OriginalString, server.User, server.Password, cancellation);

    private async IAsyncEnumerable<string> ReadAsync(
        string uri, string? user, string? password, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var node = await _package.StartAsync(cancellation, "dump.js");
        var complaints = node.StandardError.ReadToEndAsync(cancellation);
        // The password goes through the pipe: arguments can be read by everybody.
        await node.StandardInput.WriteLineAsync(JsonConvert.SerializeObject(new { uri, user, password }));
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
}
