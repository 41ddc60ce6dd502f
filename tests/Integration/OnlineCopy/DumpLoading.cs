using System.Diagnostics;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>Neo4j's own command line, as whoever has left Grap would use it.</summary>
internal static class DumpLoading
{
    /// <summary>Loads <c>neo4j.dump</c> out of a folder into a data folder.</summary>
    public static async Task RunAsync(string home, string data, string dumps, CancellationToken cancellation)
    {
        var configuration = Directory.CreateTempSubdirectory("grap-load-").FullName;
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(configuration, "neo4j.conf"), $"server.directories.data={data}\n", cancellation);
            var start = new ProcessStartInfo(Path.Combine(home, "bin", "neo4j-admin"))
            {
                ArgumentList = { "database", "load", "neo4j", $"--from-path={dumps}" },
                Environment = { ["NEO4J_CONF"] = configuration },
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using var admin = Process.Start(start)!;
            var said = await admin.StandardError.ReadToEndAsync(cancellation);
            await admin.WaitForExitAsync(cancellation);
            Assert.True(admin.ExitCode == 0, said);
        }
        finally
        {
            Directory.Delete(configuration, recursive: true);
        }
    }
}
