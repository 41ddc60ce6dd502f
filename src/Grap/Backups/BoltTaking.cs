using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Takes a logical backup: reads the graph over Bolt.</summary>
internal sealed class BoltTaking(
    Session session, BackupOptions options, IProgress<WorkProgress>? progress, TimeProvider time) : IBackupTaking
{
    private static readonly string[] s_notIncluded =
    [
        "The system database: users, roles, privileges, and other databases.",
        "The server's configuration, plugins and certificates.",
        "Internal ids; transaction logs; index contents (indexes are declared and built again on restore).",
    ];

    /// <inheritdoc/>
    public async Task<BackupManifest> TakeAsync(PendingBackup pending, CancellationToken cancellation)
    {
        var notes = new ConcurrentQueue<string>();
        using var reading = new GraphReading(session, options, notes, progress, time);
        var line = await ReadingConnection.OpenAsync(session, null, notes, cancellation).ConfigureAwait(false);
        await using (line.ConfigureAwait(false))
        {
            var result = await reading.RunAsync(line, pending.Archive, cancellation).ConfigureAwait(false);
            var completed = time.GetUtcNow();
            var blocks = reading.Blocks;
            if (blocks.Count < pending.Archive.Entries.Count)
                Compact(pending, blocks);
            return new BackupManifest
            {
                Id = pending.Id,
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
            };
        }
    }

    // Several passes leave blocks behind that no longer count: the archive is written again without them, in order.
    private static void Compact(PendingBackup pending, IReadOnlyList<BlockEntry> blocks)
    {
        var (fresh, previous) = pending.StartOver();
        foreach (var block in blocks)
            fresh.CopyFrom(previous, block);
    }
}
