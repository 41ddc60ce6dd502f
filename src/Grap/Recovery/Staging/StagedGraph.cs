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
        var source = archive.Manifest.Source;
        var installation = new InstallationSearch(staging).FindNearest(source.ServerVersion, source.Edition);
        LocalServer? server = null;
        try
        {
            Session? session = null;
            await run.StepAsync("Start", async _ =>
            {
                server = await LocalServer.StartAsync(installation, Options(staging, source.Database), run.Cancellation)
                    .ConfigureAwait(false);
                session = await Session.OpenAsync(
                    new SessionOptions(server.Address, server.Authentication) { Database = source.Database },
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

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    // Under production's name for the database, so that its folders can take the place of production's.
    private static LocalServerOptions Options(ScratchOptions staging, string database) => new()
    {
        ParentFolder = staging.ParentFolder,
        KeepFolder = true,
        Time = staging.Time,
        Environment = staging.Environment,
        Settings = new Dictionary<string, string> { ["initial.dbms.default_database"] = database },
    };
}
