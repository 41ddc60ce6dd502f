using System.Collections.Concurrent;
using System.Globalization;
using Grap.Bolt;
using Grap.Graphs;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Takes a physical backup: copies the files of the running server, and asks it over Bolt what it can tell of
/// them.</summary>
internal sealed class HotCopyTaking : IBackupTaking, IAsyncDisposable
{
    private static readonly string[] s_notIncluded =
    [
        "The system database: users, roles, privileges, and other databases.",
        "The server's configuration, plugins and certificates.",
        "The contents of indexes, which the server builds again when it recovers the copy.",
    ];

    private readonly Session _session;
    private readonly BackupOptions _options;
    private readonly IProgress<WorkProgress>? _progress;
    private readonly TimeProvider _time;
    private readonly ReadingConnection _line;
    private readonly ConcurrentQueue<string> _notes;
    private readonly long _acknowledged;
    private readonly Guid _databaseId;
    private readonly DatabaseFiles _files;
    private readonly StoreId _store;

    private HotCopyTaking(
        Session session, BackupOptions options, IProgress<WorkProgress>? progress, TimeProvider time,
        ReadingConnection line, ConcurrentQueue<string> notes, (Guid Database, long Transaction) begin,
        (DatabaseFiles Files, StoreId Store) proven)
    {
        (_session, _options, _progress, _time, _line, _notes) = (session, options, progress, time, line, notes);
        (_databaseId, _acknowledged) = begin;
        (_files, _store) = proven;
    }

    /// <summary>Finds the database's files and proves that they are its.</summary>
    /// <exception cref="GrapException">DataFolderUnavailable, DataFolderMismatch or NotSupported: there can be no
    /// physical copy; nothing has been copied.</exception>
    public static async Task<HotCopyTaking> PrepareAsync(
        Session session, BackupOptions options, IProgress<WorkProgress>? progress, TimeProvider time,
        CancellationToken cancellation)
    {
        var notes = new ConcurrentQueue<string>();
        // Before the first page there is nothing to lose, and after the last a copy that needs no server: neither is
        // worth waiting for one that is down.
        var line = await ReadingConnection.OpenAsync(session, null, notes, cancellation, Patience.ForConnection())
            .ConfigureAwait(false);
        try
        {
            var database = new ConnectedDatabase(session, line);
            var begin = await database.NewestAsync(cancellation).ConfigureAwait(false);
            var proven = await database.FindFilesAsync(options.DataFolder, begin.Transaction, time, cancellation)
                .ConfigureAwait(false);
            return new HotCopyTaking(session, options, progress, time, line, notes, begin, proven);
        }
        catch
        {
            await line.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<BackupManifest> TakeAsync(PendingBackup pending, CancellationToken cancellation)
    {
        var watch = _options.MaxBytesPerSecond is null ? new WriterWatch(_files, _time) : null;
        // Asked before, too: a server that stops during the copy does not spoil it.
        var source = await _line.AskAsync(
            asked => new SourceReader(_session, _notes).ReadAsync(asked, _databaseId, cancellation), cancellation)
            .ConfigureAwait(false);
        var (schema, counts) = await DescribeAsync(cancellation).ConfigureAwait(false);
        var copy = await new CopyRun(_files, _store, _options.CompressionLevel,
            watch is null
                ? new ByteRate(_options.MaxBytesPerSecond ?? 0, _time)
                : new ByteRate(watch.BytesPerSecond, _time),
            CopyProgress.Of(_progress, _files, watch)).RunAsync(
                pending.Archive, () => pending.StartOver().Fresh, cancellation).ConfigureAwait(false);
        if (watch?.Note is { } note)
            _notes.Enqueue(note);
        if (copy.LastTransaction < _acknowledged)
        {
            throw CopyFault.Failed(_files.LogFolder, string.Create(CultureInfo.InvariantCulture,
                $"The copy of '{_files.StoreFolder}' ends with transaction {copy.LastTransaction}; "
                + $"{_acknowledged} had been acknowledged before it began."));
        }
        var completed = _time.GetUtcNow();
        try
        {
            (schema, counts) = await DescribeAsync(cancellation).ConfigureAwait(false);
        }
        catch (BoltException)
        {
            // The same questions were answered before: it is down, or starting and not there yet.
            _notes.Enqueue("The server did not answer after the copy; counts and schema are from before it.");
        }
        return new BackupManifest
        {
            Id = pending.Id,
            CompletedAt = completed,
            Method = BackupMethod.HotCopy,
            Exactness = Exactness.Exact,
            ExactnessReason = string.Create(CultureInfo.InvariantCulture,
                $"The log that was copied ends with transaction {copy.LastTransaction}; recovery gives the state after "
                + $"it."),
            Source = source,
            Transactions = new TransactionWindow(copy.LastTransaction, copy.LastTransaction),
            Counts = counts,
            Schema = schema,
            Physical = copy.Content with { Notes = [.. copy.Content.Notes, .. _notes] },
            NotIncluded = s_notIncluded,
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _line.DisposeAsync();

    private async Task<(GraphSchema Schema, GraphCounts Counts)> DescribeAsync(CancellationToken cancellation)
    {
        var schema = await _line.AskAsync(
            asked => SchemaReader.ReadAsync(asked, _session, cancellation), cancellation).ConfigureAwait(false);
        var counts = await _line.AskAsync(
            asked => CountReader.ReadAsync(asked, _session, schema, cancellation), cancellation).ConfigureAwait(false);
        return (schema, counts);
    }
}
