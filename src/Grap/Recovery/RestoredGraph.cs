using Grap.Archives;
using Grap.Graphs;
using Grap.Recovery.Bulk;
using Grap.Recovery.Staging;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Recovery;

/// <summary>A logical backup as a running database, in a scratch server with a folder of its own: imported in bulk
/// before the server starts as far as that is exact and worthwhile, and the rest through Bolt.</summary>
internal sealed class RestoredGraph : IAsyncDisposable
{
    private readonly ServerFolder _folder;
    private readonly LocalServerOptions _options;
    private readonly long _importFrom;
    private readonly RestoreOptions _what;
    private LocalServer? _server;
    private Session? _session;
    private RestoreResult? _result;

    private RestoredGraph(
        ArchiveGraph original, Neo4jInstallation installation, ServerFolder folder, LocalServerOptions options,
        long importFrom, RestoreOptions what) =>
        (Original, Installation, _folder, _options, _importFrom, _what) =
        (original, installation, folder, options, importFrom, what);

    /// <summary>The backup.</summary>
    public ArchiveGraph Original { get; }

    /// <summary>What the restored database is to hold: the backup, or the part of it that was wanted.</summary>
    public IGraphSource Expected => _what.IsPartial
        ? new SelectedElements(Original, new RestoreFilter(_what), Result.NodeIds)
        : Original;

    /// <summary>What it was restored with.</summary>
    public Neo4jInstallation Installation { get; }

    /// <summary>To the restored database.</summary>
    public Session Session => _session!;

    /// <summary>What was done.</summary>
    public RestoreResult Result => _result!;

    /// <summary>Restores a backup.</summary>
    /// <param name="archive">The backup; not disposed, as it belongs to whoever opened it.</param>
    /// <param name="scratch">Where scratch servers come from and go to.</param>
    /// <param name="database">What its database is called.</param>
    /// <param name="keepsFolder">Whether the server is stopped in peace in the end, and its folder stays.</param>
    /// <param name="run">Keeps the time of each step.</param>
    /// <param name="part">What of it; null for all.</param>
    public static async Task<RestoredGraph> RestoreAsync(
        ArchiveReader archive, ScratchOptions scratch, string database, bool keepsFolder, VerificationRun run,
        RecoveredPart? part = null)
    {
        var installation = StagedBackup.FindInstallation(archive.Manifest, scratch);
        var options = ServerOptions(scratch, database) with { KeepFolder = keepsFolder };
        var parent = options.ParentFolder ?? ServerFolder.DefaultParent();
        ServerFolder.RemoveLeftovers(parent);
        var folder = ServerFolder.Create(parent, keepsFolder, options.Time);
        var restored = new RestoredGraph(
            new ArchiveGraph(archive), installation, folder, options, scratch.ImportFrom, part?.Options ?? new RestoreOptions());
        try
        {
            await restored.RestoreAsync(archive.Manifest.RawBytes, database, run).ConfigureAwait(false);
            return restored;
        }
        catch
        {
            await restored.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts the server of a graph that was restored to be kept, by a process that is gone.</summary>
    /// <param name="archive">The backup.</param>
    /// <param name="scratch">Where scratch servers come from; the folder's parent in it.</param>
    /// <param name="note">What that process left.</param>
    /// <param name="ids">Which node each node became.</param>
    /// <param name="run">Keeps the time of each step.</param>
    /// <param name="part">What of it; null for all.</param>
    public static async Task<RestoredGraph> ResumeAsync(
        ArchiveReader archive, ScratchOptions scratch, StagingNote note, NodeIds ids, VerificationRun run,
        RecoveredPart? part)
    {
        var database = archive.Manifest.Source.Database;
        var installation = StagedBackup.FindInstallation(archive.Manifest, scratch);
        var options = ServerOptions(scratch, database) with { KeepFolder = true };
        var folder = ServerFolder.Adopt(Path.Combine(options.ParentFolder!, note.Folder), options.Time);
        var restored = new RestoredGraph(
            new ArchiveGraph(archive), installation, folder, options, scratch.ImportFrom, part?.Options ?? new RestoreOptions());
        try
        {
            await restored.StartAsync(database, run).ConfigureAwait(false);
            restored._result = new RestoreResult
            {
                Source = restored.Original.Name,
                Target = database,
                Nodes = 0,
                Relationships = 0,
                Constraints = 0,
                Indexes = 0,
                Partial = part is not null,
                NotCarried = note.NotCarried,
                Retries = 0,
                Duration = TimeSpan.Zero,
                Steps = new Dictionary<string, TimeSpan>(),
                NodeIds = ids,
            };
            return restored;
        }
        catch
        {
            await restored.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The name of its server's folder.</summary>
    public string FolderName => Path.GetFileName(_folder.Path);

    /// <summary>Starts the server again, to be looked at: it lives on when this is disposed, and when this process
    /// ends. The session is closed.</summary>
    public async Task KeepRunningAsync(CancellationToken cancellation)
    {
        await Session.DisposeAsync().ConfigureAwait(false);
        await _server!.KeepRunningAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
    }

    /// <summary>How its server is started.</summary>
    internal static LocalServerOptions ServerOptions(ScratchOptions scratch, string database) => new()
    {
        ParentFolder = scratch.ParentFolder,
        Time = scratch.Time,
        Environment = scratch.Environment,
        Settings = new Dictionary<string, string>
        {
            ["initial.dbms.default_database"] = database,
            // Otherwise each log takes 256 MiB from the beginning, and a promotion by Swap copies them.
            ["db.tx_log.preallocate"] = "false",
        },
    };

    private async Task RestoreAsync(long rawBytes, string database, VerificationRun run)
    {
        CsvGraph? imported = null;
        // Which relationships belong to a part is only known when its nodes are there.
        if (!_what.IsPartial && BulkImport.IsWorthwhile(Original, rawBytes, _folder, _importFrom))
        {
            var admin = new Neo4jAdmin(Installation, _folder, _folder.Data, _options);
            await run.StepAsync("Import", async progress => imported = await BulkImport.TryRunAsync(
                Original, admin, _folder, database, progress, run.Cancellation).ConfigureAwait(false))
                .ConfigureAwait(false);
        }
        await StartAsync(database, run).ConfigureAwait(false);
        await run.StepAsync("Restore", async progress => _result = await new GraphRestorer().RestoreAsync(
            Original, imported, Session, _what, new Fractions(progress), run.Cancellation)
            .ConfigureAwait(false)).ConfigureAwait(false);
    }

    private Task StartAsync(string database, VerificationRun run) => run.StepAsync("Start", async _ =>
    {
        _server = await LocalServer.StartAsync(Installation, _options, _folder, run.Cancellation)
            .ConfigureAwait(false);
        _session = await Session.OpenAsync(
            new SessionOptions(_server.Address, _server.Authentication) { Database = database }, run.Cancellation)
            .ConfigureAwait(false);
    });

    private sealed class Fractions(IProgress<double> progress) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (value.Fraction is { } fraction)
                progress.Report(fraction);
        }
    }
}
