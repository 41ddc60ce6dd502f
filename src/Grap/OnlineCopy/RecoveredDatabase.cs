using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Recovery.Staging;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;

namespace Grap.OnlineCopy;

/// <summary>
/// A physical backup as a running database: unpacked into a folder of its own, recovered by a scratch server of the
/// version that wrote it, its indexes built again. Nothing of it is left when it is disposed, and what a killed process
/// leaves is removed by the next one.
/// </summary>
public sealed class RecoveredDatabase : IAsyncDisposable
{
    // What a server needs beside the stores to start and to rebuild indexes; more makes only large stores faster.
    private const int SmallHeap = 512;
    private const int LargeHeap = 1024;
    private const long LargeStore = 4L << 30;

    // Below it a start is most of the work, and Java's first compiler alone makes that cost half the processor time.
    private const long SmallStore = 256L << 20;

    private readonly ServerFolder _folder;
    private readonly bool _keepsFolder;
    private readonly Neo4jInstallation _installation;
    private readonly LocalServerOptions _options;
    private readonly RecoveryStep _step;
    private LocalServer? _server;
    private Session? _session;
    private StagingNote? _note;

    private RecoveredDatabase(
        string database, ServerFolder folder, bool keepsFolder, Neo4jInstallation installation,
        LocalServerOptions options, RecoveryStep step)
    {
        _keepsFolder = keepsFolder;
        Database = database;
        _folder = folder;
        _installation = installation;
        _options = options;
        _step = step;
        Admin = new Neo4jAdmin(installation, folder, folder.Data, options);
    }

    /// <summary>The database's name, which is that of the source.</summary>
    public string Database { get; }

    /// <summary>The scratch server's version.</summary>
    public string ServerVersion => _installation.Version;

    /// <summary>A session to it, as long as it runs.</summary>
    public Session Session => _session ?? throw new InvalidOperationException("The scratch server does not run.");

    /// <summary>The last transaction in it, as the server tells after recovery; null where its bookmarks cannot be
    /// read.</summary>
    public long? LastTransaction { get; private set; }

    /// <summary>Indexes that belonged to a constraint that was never made, and were dropped.</summary>
    public IReadOnlyList<string> DroppedIndexes { get; private set; } = [];

    /// <summary>Indexes that are not online, each with the reason that the server gives.</summary>
    public IReadOnlyDictionary<string, string> FailedIndexes { get; private set; } = new Dictionary<string, string>();

    internal Neo4jAdmin Admin { get; }

    /// <summary>Unpacks a backup, recovers it, and returns when its indexes are online.</summary>
    /// <param name="archive">The backup; it must stay open until this returns.</param>
    /// <param name="options">Where scratch servers come from.</param>
    /// <param name="step">Runs each step; null to just do it.</param>
    /// <param name="cancellation">Stops at once and leaves nothing behind.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>,
    /// <see cref="GrapCondition.ScratchFull"/>: it could not be tried; <see cref="GrapCondition.ArchiveCorrupt"/>,
    /// <see cref="GrapCondition.RestoreFailed"/>: the backup is damaged; <see cref="GrapCondition.NotSupported"/>: it
    /// is a logical one.</exception>
    public static Task<RecoveredDatabase> RecoverAsync(
        ArchiveReader archive, ScratchOptions options, RecoveryStep? step, CancellationToken cancellation) =>
        RecoverInFolderAsync(archive, options, keepsFolder: false, step, cancellation);

    /// <summary>The same, but the server is stopped in peace when this is disposed, and its folder stays, with a note of how
    /// far it is.</summary>
    internal static Task<RecoveredDatabase> RecoverToKeepAsync(
        ArchiveReader archive, ScratchOptions options, RecoveryStep? step, CancellationToken cancellation) =>
        RecoverInFolderAsync(archive, options, keepsFolder: true, step, cancellation);

    /// <summary>Goes on with one that a process that is gone unpacked to be kept: the server recovers it, again where it did so
    /// before.</summary>
    internal static async Task<RecoveredDatabase> ResumeAsync(
        ArchiveReader archive, ScratchOptions options, StagingNote note, RecoveryStep step,
        CancellationToken cancellation)
    {
        var files = PhysicalFiles.Of(archive);
        var source = archive.Manifest.Source;
        var installation = new InstallationSearch(options).Find(source.ServerVersion, source.Edition);
        var folder = ServerFolder.Adopt(Path.Combine(options.ParentFolder!, note.Folder), options.Time);
        var recovered = new RecoveredDatabase(
            files.Database, folder, keepsFolder: true, installation,
            ServerOptions(files.Database, files.TotalBytes, options), step)
        {
            LastTransaction = note.LastTransaction,
            _note = note,
        };
        try
        {
            await recovered.StartAsync(cancellation).ConfigureAwait(false);
            return recovered;
        }
        catch
        {
            await recovered.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<RecoveredDatabase> RecoverInFolderAsync(
        ArchiveReader archive, ScratchOptions options, bool keepsFolder, RecoveryStep? step,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(options);
        RefuseLogical(archive.Manifest);
        var files = PhysicalFiles.Of(archive);
        var source = archive.Manifest.Source;
        var installation = new InstallationSearch(options).Find(source.ServerVersion, source.Edition);
        var server = ServerOptions(files.Database, files.TotalBytes, options);
        var parent = options.ParentFolder ?? ServerFolder.DefaultParent();
        ServerFolder.RemoveLeftovers(parent);
        var folder = ServerFolder.Create(parent, keepsFolder, options.Time);
        var recovered = new RecoveredDatabase(
            files.Database, folder, keepsFolder, installation, server, step ?? new RecoverySteps(null, "").RunAsync);
        try
        {
            await recovered.FillAsync(archive, files, cancellation).ConfigureAwait(false);
            await recovered.StartAsync(cancellation).ConfigureAwait(false);
            return recovered;
        }
        catch
        {
            await recovered.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the server cleanly, so that the files on the disk are all of the database.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await CloseSessionAsync().ConfigureAwait(false);
        if (_server is null)
            return;
        await _step("Stop", async _ =>
        {
            if (!await _server.StopAsync(cancellation).ConfigureAwait(false))
            {
                throw new GrapException(GrapCondition.ScratchServerUnavailable,
                    $"The scratch server of database '{Database}' did not stop within "
                    + $"{_options.StopLimit.TotalSeconds:0} seconds and was killed.",
                    "Try again when the machine has less to do.", Database);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Starts the server again, to be looked at: it lives on when this is disposed, and when this process
    /// ends.</summary>
    internal async Task KeepRunningAsync(CancellationToken cancellation)
    {
        await CloseSessionAsync().ConfigureAwait(false);
        await _server!.KeepRunningAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs Neo4j's consistency check on the stopped database.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/> or
    /// <see cref="GrapCondition.ScratchFull"/>: it could not be run.</exception>
    public async Task<ConsistencyReport> CheckAsync(CancellationToken cancellation)
    {
        var report = ConsistencyReport.None;
        await _step("Check", async _ =>
            report = await ConsistencyReport.RunAsync(Admin, Database, _folder.Path, cancellation)
                .ConfigureAwait(false)).ConfigureAwait(false);
        return report;
    }

    /// <summary>Writes the stopped database as Neo4j's own dump, <c>&lt;database&gt;.dump</c>, into a folder.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RestoreFailed"/>: it could not be
    /// written.</exception>
    public Task DumpAsync(string folder, CancellationToken cancellation) => _step("Dump", async _ =>
    {
        var outcome = await Admin.RunAsync(["database", "dump", Database, "--to-path=" + folder], cancellation)
            .ConfigureAwait(false);
        if (!outcome.Succeeded)
        {
            throw new GrapException(GrapCondition.RestoreFailed,
                $"neo4j-admin {ServerVersion} cannot dump database '{Database}': {outcome.Explanation}",
                "Look at the free space and the rights of the folder that the dump goes to.", Database);
        }
    });

    /// <summary>Ends the server and removes everything, unless its folder is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseSessionAsync().ConfigureAwait(false);
        if (_server is not null)
        {
            // What is not kept need not be stopped in peace.
            if (_keepsFolder)
                await _server.StopAsync().ConfigureAwait(false);
            await _server.KillAsync().ConfigureAwait(false);
            await _server.DisposeAsync().ConfigureAwait(false);
        }
        _folder.Dispose();
    }

    private static void RefuseLogical(BackupManifest manifest)
    {
        if (manifest.Method != BackupMethod.Bolt)
            return;
        throw new GrapException(GrapCondition.NotSupported,
            $"Backup '{manifest.Id}' is a logical one; only physical backups hold a database's files.",
            "Take one with New-GrapBackup -Method HotCopy.", manifest.Id);
    }

    /// <summary>How the server of a database of some size is started.</summary>
    internal static LocalServerOptions ServerOptions(
        string database, long storeBytes, ScratchOptions options) => new()
    {
        ParentFolder = options.ParentFolder,
        HeapMegabytes = storeBytes > LargeStore ? LargeHeap : SmallHeap,
        PageCacheMegabytes = (int)Math.Clamp(storeBytes >> 20, 64, 1024),
        Time = options.Time,
        Environment = options.Environment,
        JavaArguments = storeBytes < SmallStore ? ["-XX:TieredStopAtLevel=1"] : [],
        // A log of 256 MiB is rolled forward in well under a minute; indexes are built while the database is online.
        StartLimit = TimeSpan.FromMinutes(5) + TimeSpan.FromMinutes(2 * (storeBytes / (double)(1 << 30))),
        StopLimit = TimeSpan.FromMinutes(5),
        Settings = new Dictionary<string, string>
        {
            ["initial.dbms.default_database"] = database,
            // Otherwise each log takes 256 MiB from the beginning.
            ["db.tx_log.preallocate"] = "false",
        },
    };

    private async Task FillAsync(ArchiveReader archive, PhysicalFiles files, CancellationToken cancellation)
    {
        await Unpacking.RunStepAsync(archive, files, FolderOf, _step, cancellation).ConfigureAwait(false);
        if (archive.Manifest.Method == BackupMethod.Dump)
            await _step("Load", _ => LoadAsync(cancellation)).ConfigureAwait(false);
        if (!_keepsFolder)
            return;
        _note = new StagingNote
        {
            ArchiveId = archive.Manifest.ArchiveId,
            Folder = Path.GetFileName(_folder.Path),
            ServerVersion = _installation.Version,
            Edition = _installation.EditionName,
        };
        _note.WriteAfter(_folder.Data, _options.ParentFolder!, new DiskFileSystem());
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var outcome = await Admin.RunAsync(
            ["database", "load", Database, "--from-path=" + FolderOf(PhysicalFileKind.Dump)], cancellation)
            .ConfigureAwait(false);
        if (!outcome.Succeeded)
        {
            throw outcome.Obstacle($"load the dump of '{Database}'") ?? new GrapException(GrapCondition.RestoreFailed,
                $"neo4j-admin {ServerVersion} cannot load the dump of '{Database}': {outcome.Explanation}",
                "Use another backup; this one is damaged, or was written by another version.", Database);
        }
        Directory.Delete(FolderOf(PhysicalFileKind.Dump), recursive: true);
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await _step("Recover", async _ =>
        {
            _server = await LocalServer.StartAsync(_installation, _options, _folder, cancellation)
                .ConfigureAwait(false);
            _session = await Session.OpenAsync(
                new SessionOptions(_server.Address, _server.Authentication) { Database = Database }, cancellation)
                .ConfigureAwait(false);
            if (LastTransaction is not null)
                return;
            LastTransaction = await ReadLastTransactionAsync(cancellation).ConfigureAwait(false);
            // Dropping an index is a transaction, too: who begins again must not take that for one of the backup's.
            if (_note is { } note)
                (note with { LastTransaction = LastTransaction }).Write(_options.ParentFolder!, new DiskFileSystem());
        }).ConfigureAwait(false);
        await _step("Indexes", async _ =>
        {
            var recovery = new IndexRecovery(Session, _options.Time);
            await recovery.RunAsync(cancellation).ConfigureAwait(false);
            DroppedIndexes = recovery.Dropped;
            FailedIndexes = recovery.Failed;
        }).ConfigureAwait(false);
    }

    private async Task<long?> ReadLastTransactionAsync(CancellationToken cancellation)
    {
        var connection = await Session.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false);
        await using var borrowed = connection.ConfigureAwait(false);
        var bookmark = await connection.ReadBookmarkAsync(Database, cancellation).ConfigureAwait(false);
        return Bookmark.TryParse(bookmark ?? "", out _, out var transaction) ? transaction : null;
    }

    private string FolderOf(PhysicalFileKind kind) => kind switch
    {
        PhysicalFileKind.Store => Path.Combine(_folder.Data, "databases", Database),
        PhysicalFileKind.Log => Path.Combine(_folder.Data, "transactions", Database),
        _ => Path.Combine(_folder.Path, "dump"),
    };

    private async Task CloseSessionAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
        _session = null;
    }
}
