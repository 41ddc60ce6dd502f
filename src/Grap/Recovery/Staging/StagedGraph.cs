using Grap.Archives;
using Grap.Graphs;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Recovery.Staging;

/// <summary>A logical backup in staging.</summary>
internal sealed class StagedGraph : IStagedBackup
{
    private readonly LocalServer _server;
    private readonly ArchiveGraph _original;
    private RestoreResult? _result;

    private StagedGraph(LocalServer server, Session session, ArchiveGraph original) =>
        (_server, Session, _original) = (server, session, original);

    public Session Session { get; }

    public static async Task<StagedGraph> RestoreAsync(
        ArchiveReader archive, ScratchOptions staging, VerificationRun run)
    {
        var database = archive.Manifest.Source.Database;
        var installation = StagedBackup.FindInstallation(archive.Manifest, staging);
        LocalServer? server = null;
        try
        {
            Session? session = null;
            await run.StepAsync("Start", async _ =>
            {
                server = await LocalServer.StartAsync(installation, ServerOptions(staging, database), run.Cancellation)
                    .ConfigureAwait(false);
                session = await Session.OpenAsync(
                    new SessionOptions(server.Address, server.Authentication) { Database = database },
                    run.Cancellation).ConfigureAwait(false);
            }).ConfigureAwait(false);
            // Not disposed: the archive belongs to whoever opened it.
            var staged = new StagedGraph(server!, session!, new ArchiveGraph(archive));
            staged._result = await LogicalRestoreCheck.RestoreAsync(staged._original, session!, run)
                .ConfigureAwait(false);
            return staged;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<StagedCheck> CheckAsync(VerificationRun run)
    {
        var proof = await LogicalRestoreCheck.CompareAsync(_original, Session, _result!, run).ConfigureAwait(false);
        return new StagedCheck(
        [
            .. _result!.NotCarried.Select(lost => $"Staging, Neo4j {_server.Installation.Version}, cannot hold {lost}"),
            .. proof.Problems,
        ], proof.Content);
    }

    public async Task KeepRunningAsync(CancellationToken cancellation)
    {
        await Session.DisposeAsync().ConfigureAwait(false);
        await _server.KeepRunningAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>How its server is started: under production's name for the database, so that its folders can take the
    /// place of production's.</summary>
    internal static LocalServerOptions ServerOptions(ScratchOptions staging, string database) => new()
    {
        ParentFolder = staging.ParentFolder,
        KeepFolder = true,
        Time = staging.Time,
        Environment = staging.Environment,
        Settings = new Dictionary<string, string>
        {
            ["initial.dbms.default_database"] = database,
            // Otherwise each log takes 256 MiB from the beginning, and a promotion by Swap copies them.
            ["db.tx_log.preallocate"] = "false",
        },
    };
}
