using System.Diagnostics;
using Grap.Bolt;
using Grap.OnlineCopy;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Tests.Torture.OnlineCopy.Inspection;
using Grap.Tests.Torture.OnlineCopy.Rounds;

namespace Grap.Tests.Torture.OnlineCopy.Controls;

/// <summary>What <c>cp</c> makes of a running server's folders: every file, trees and indexes too, one after the other
/// in the order of the folder; first the databases, then the transactions.</summary>
internal sealed class PlainCopy : IDisposable
{
    private readonly LocalServerOptions _options = new()
    {
        Authentication = LocalServerAuthentication.None,
        PageCacheMegabytes = 64,
    };

    private readonly Neo4jInstallation _installation;
    private readonly ServerFolder _folder;

    public PlainCopy(Neo4jInstallation installation)
    {
        _installation = installation;
        _folder = ServerFolder.Create(ServerFolder.DefaultParent(), keep: false, TimeProvider.System);
    }

    /// <summary>Copies, in about the time that is given.</summary>
    public async Task TakeAsync(DatabaseFiles files, TimeSpan time, CancellationToken cancellation)
    {
        var stores = FilesIn(files.StoreFolder);
        var rate = new ByteRate(
            (long)(stores.Sum(static file => new FileInfo(file).Length) / time.TotalSeconds), TimeProvider.System);
        await CopyAsync(stores, files.StoreFolder, FolderOf("databases", files), rate, cancellation);
        await CopyAsync(FilesIn(files.LogFolder), files.LogFolder, FolderOf("transactions", files), rate, cancellation);
    }

    /// <summary>Starts a server on it, as somebody who restores it would, and inspects it.</summary>
    public async Task<ProofResult> ProveAsync(Inspector inspector, CopySpan span, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var problems = new List<string>();
        try
        {
            var server = await LocalServer.StartAsync(_installation, _options, _folder, cancellation);
            await using (server)
            {
                await using var driver = new BoltDriver(server.Address, server.Authentication);
                await using (var connection = await driver.AcquireAsync(
                    BoltAccessMode.Read, cancellation: cancellation))
                {
                    await connection.ReadAllAsync(new BoltQuery("CALL db.awaitIndexes(60)"), cancellation);
                    problems.AddRange((await inspector.InspectAsync(connection, span, cancellation)).Problems);
                }
                await server.StopAsync(cancellation);
            }
            var admin = new Neo4jAdmin(_installation, _folder, _folder.Data, _options);
            var report = await ConsistencyReport.RunAsync(admin, "neo4j", _folder.Path, cancellation);
            if (!report.Consistent)
                problems.Add($"Consistency check: {report.Summary}");
        }
        catch (Exception failure) when (failure is GrapException or BoltException)
        {
            return ProofResult.Of(failure, clock.Elapsed);
        }
        return new ProofResult(problems, 0, 0, clock.Elapsed);
    }

    public void Dispose() => _folder.Dispose();

    private string FolderOf(string kind, DatabaseFiles files) => Path.Combine(_folder.Data, kind, files.Database);

    private static string[] FilesIn(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories);

    private static async Task CopyAsync(
        IEnumerable<string> files, string from, string to, ByteRate rate, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                await using var source = new FileStream(
                    file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                await using var copy = File.Create(target);
                var buffer = new byte[1 << 16];
                while (await source.ReadAsync(buffer, cancellation) is > 0 and var read)
                {
                    rate.Take(read, cancellation);
                    await copy.WriteAsync(buffer.AsMemory(0, read), cancellation);
                }
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                // Deleted since the folder was listed: cp says so and goes on.
            }
        }
    }
}
