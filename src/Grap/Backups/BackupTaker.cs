using System.Collections.Concurrent;
using System.Globalization;
using Grap.Archives;
using Grap.Bolt;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Takes a backup from a session into a repository.</summary>
public sealed class BackupTaker
{
    private static readonly string[] s_notIncluded =
    [
        "The system database: users, roles, privileges, and other databases.",
        "The server's configuration, plugins and certificates.",
        "Internal ids; transaction logs; index contents (indexes are declared and built again on restore).",
    ];

    private readonly TimeProvider _time;

    /// <summary>Creates a taker.</summary>
    public BackupTaker(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>Takes and publishes one backup, or publishes nothing and throws <see cref="GrapException"/>.</summary>
    public async Task<Backup> TakeAsync(
        Session session, FolderRepository repository, BackupOptions options, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using var held = repository.Lock("backup", cancellation);
            using var pending = repository.Begin(options.Id ?? NewId(session), held);
            return await TakeAsync(session, repository, pending, options, progress, cancellation).ConfigureAwait(false);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, session.Uri);
        }
    }

    private async Task<Backup> TakeAsync(
        Session session, FolderRepository repository, PendingBackup pending, BackupOptions options,
        IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var started = _time.GetUtcNow();
        var notes = new ConcurrentQueue<string>();
        using var reading = new GraphReading(session, options, notes, progress, _time);
        var line = await ReadingConnection.OpenAsync(session, null, notes, cancellation).ConfigureAwait(false);
        await using (line.ConfigureAwait(false))
        {
            var result = await reading.RunAsync(line, pending.Archive, cancellation).ConfigureAwait(false);
            var completed = _time.GetUtcNow();
            var blocks = reading.Blocks;
            if (blocks.Count < pending.Archive.Entries.Count)
                Compact(pending, blocks);
            progress?.Report(new WorkProgress($"Backing up {session.Database}", "Writing to disk and reading back", 1));
            return pending.Publish(new BackupManifest
            {
                Id = pending.Id,
                StartedAt = started,
                CompletedAt = completed,
                Method = BackupMethod.Bolt,
                Exactness = result.Exactness,
                ExactnessReason = result.Reason,
                Source = result.Source,
                Transactions = result.Transactions,
                Counts = result.Counts,
                Schema = result.Schema,
                Fingerprint = result.Fingerprint,
                Reading = result.Report with { Notes = [.. notes] },
                NotIncluded = s_notIncluded,
                Tags = options.Tags,
                Compression = options.CompressionLevel == 0
                    ? new CompressionInfo("none", 0)
                    : new CompressionInfo("zstd", options.CompressionLevel),
                Producer = $"Grap {typeof(BackupTaker).Assembly.GetName().Version?.ToString(3)}",
            }, cancellation);
        }
    }

    // Several passes leave blocks behind that no longer count: the archive is written again without them, in order.
    private static void Compact(PendingBackup pending, IReadOnlyList<BlockEntry> blocks)
    {
        var (fresh, previous) = pending.StartOver();
        foreach (var block in blocks)
            fresh.CopyFrom(previous, block);
    }

    private string NewId(Session session)
    {
        var name = new string(
            [.. session.Database.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_')]);
        return string.Create(
            CultureInfo.InvariantCulture, $"{name.TrimStart('.', '-')}-{_time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}");
    }
}
