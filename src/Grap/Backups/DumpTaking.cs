using System.Globalization;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Backups;

/// <summary>Takes a physical backup of a stopped server's database: what <c>neo4j-admin database dump</c> writes, in
/// the repository. Needs room for the dump beside the scratch servers' folders.</summary>
internal sealed class DumpTaking(
    string database, BackupOptions options, ScratchOptions scratch, IProgress<WorkProgress>? progress,
    TimeProvider time) : IBackupTaking
{
    private const string SystemDatabase = "system";

    private static readonly string[] s_notIncluded =
    [
        "The system database: users, roles, privileges, and other databases.",
        "The server's configuration, plugins and certificates.",
    ];

    /// <inheritdoc/>
    public async Task<BackupManifest> TakeAsync(PendingBackup pending, CancellationToken cancellation)
    {
        var files = Find();
        var installation = new InstallationSearch(scratch).FindAny();
        var parent = scratch.ParentFolder ?? ServerFolder.DefaultParent();
        ServerFolder.RemoveLeftovers(parent);
        using var folder = ServerFolder.Create(parent, keep: false, time);
        var transaction = FolderProof.ReadNewestLog(files, cancellation).LastTransaction;
        progress?.Report(new WorkProgress($"Backing up {database}", "neo4j-admin database dump"));
        var dump = await DumpAsync(files, installation, folder, cancellation).ConfigureAwait(false);
        var completed = time.GetUtcNow();
        return new BackupManifest
        {
            Id = pending.Id,
            CompletedAt = completed,
            Method = BackupMethod.Dump,
            Exactness = Exactness.Exact,
            ExactnessReason = string.Create(CultureInfo.InvariantCulture,
                $"The database was stopped; its log ends with transaction {transaction}."),
            Source = new BackupSource
            {
                Database = database,
                ServerVersion = installation.Version,
                Edition = installation.EditionName,
            },
            Transactions = new TransactionWindow(transaction, transaction),
            Physical = new PhysicalContent
            {
                Files = await ArchiveAsync(pending, dump, cancellation).ConfigureAwait(false),
            },
            NotIncluded = s_notIncluded,
        };
    }

    private DatabaseFiles Find()
    {
        if (database == SystemDatabase)
        {
            throw new GrapException(GrapCondition.NotSupported,
                "A backup of the system database could not be proven: its users and roles belong to one server.",
                "Name the database that holds the graph with -Database.", database);
        }
        var hints = options.DataFolder;
        if ((hints.DataPath ?? hints.Configuration ?? hints.Home) is null)
        {
            throw CopyFault.Unavailable(database,
                $"Nothing says where the stopped server keeps database '{database}'.");
        }
        return new DataFolderFinder(hints).Find(database, told: null, local: false)[0].Files;
    }

    private async Task<string> DumpAsync(
        DatabaseFiles files, Neo4jInstallation installation, ServerFolder folder, CancellationToken cancellation)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder.Path, "dump")).FullName;
        var admin = new Neo4jAdmin(installation, folder, files.DataFolder, new LocalServerOptions
        {
            Environment = scratch.Environment,
            Time = time,
        })
        {
            LogRoot = files.LogRoot,
        };
        var outcome = await admin.RunAsync(["database", "dump", database, "--to-path=" + target], cancellation)
            .ConfigureAwait(false);
        if (outcome.Succeeded)
            return Path.Combine(target, database + PhysicalFiles.DumpEnd);
        throw outcome.SaysInUse
            ? new GrapException(GrapCondition.DataFolderInUse,
                $"A server runs on '{files.DataFolder}'; a dump needs it to be stopped.",
                "Stop the server first, or use -Method HotCopy, which copies a running one.", files.DataFolder)
            : CopyFault.Failed(files.StoreFolder,
                $"neo4j-admin {installation.Version} cannot dump database '{database}': {outcome.Explanation}",
                "Start and stop the server cleanly if it was killed, and set NEO4J_HOME to its own installation.");
    }

    private async Task<IReadOnlyList<PhysicalFile>> ArchiveAsync(
        PendingBackup pending, string dump, CancellationToken cancellation)
    {
        using var content = new DiskFileSystem().OpenRead(dump)!;
        var writer = new PieceWriter(
            pending.Archive, options.CompressionLevel, new ByteRate(options.MaxBytesPerSecond ?? 0, time));
        await writer.CopyAsync(
            [new SourceFile(new PhysicalFile(Path.GetFileName(dump), PhysicalFileKind.Dump, content.Length), content)],
            cancellation).ConfigureAwait(false);
        return writer.Files;
    }
}
