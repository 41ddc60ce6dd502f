using System.Globalization;
using Grap.Backups;

namespace Grap.OnlineCopy;

/// <summary>
/// Copies the transaction logs, the newest cut after its last complete commit, and the checkpoint file. The last step
/// of a copy: a page of the stores is changed only after the log that says so is on the disk.
/// </summary>
internal static class LogCopy
{
    /// <summary>
    /// Reads the logs and proves that they are one chain: each one's header names the last transaction of the one
    /// before. Null where they are not, which a restart of the server in the middle of a copy may cause: begin again.
    /// </summary>
    public static LogChain? Read(IReadOnlyList<HeldLog> logs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var read = ReadEach(logs, cancellation);
        var chain = new List<ChainedLog>();
        foreach (var (held, found) in logs.Zip(read))
        {
            if (found is not { } log)
            {
                // The newest may have been made a moment ago.
                if (held.Version == logs[^1].Version && chain.Count > 0)
                    break;
                return null;
            }
            if (log.Header.Version != held.Version)
            {
                throw CopyFault.Failed(held.Name, string.Create(CultureInfo.InvariantCulture,
                    $"The header of '{held.Name}' is that of log {log.Header.Version}."));
            }
            if (chain.Count > 0 && (log.Header.LastTransactionBefore != chain[^1].Log.LastTransaction
                || log.Header.Store != chain[^1].Log.Header.Store))
                return null;
            chain.Add(new ChainedLog(held, log));
        }
        return new LogChain(chain);
    }

    /// <summary>Several at once: their checksums take 0.5 s a GB, while the disk has nothing to do.</summary>
    private static TransactionLog?[] ReadEach(IReadOnlyList<HeldLog> logs, CancellationToken cancellation)
    {
        var read = new TransactionLog?[logs.Count];
        var taken = -1;
        Task.WhenAll(Enumerable.Range(0, Math.Min(logs.Count, Environment.ProcessorCount))
            .Select(_ => QuietThread.RunAsync("Grap logs", () =>
            {
                for (var i = Interlocked.Increment(ref taken); i < read.Length; i = Interlocked.Increment(ref taken))
                    read[i] = TransactionLog.Read(logs[i].File, logs[i].Name, cancellation);
            }))).GetAwaiter().GetResult();
        return read;
    }

    /// <summary>Copies the logs, and the checkpoint file as it was when the copy began.</summary>
    public static Task CopyAsync(
        LogChain chain, Checkpoint checkpoint, PieceWriter writer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(writer);
        var newest = chain.Logs[^1];
        var files = chain.Logs.Select(log => new SourceFile(
            new PhysicalFile(log.Held.Name, PhysicalFileKind.Log, log == newest ? log.Log.End : log.Held.File.Length),
            log.Held.File)).ToList();
        files.Add(new SourceFile(
            new PhysicalFile(checkpoint.FileName, PhysicalFileKind.Log, checkpoint.Content.Length),
            new BytesFile(checkpoint.Content)));
        return writer.CopyAsync(files, cancellation);
    }
}

/// <summary>Transaction logs that follow each other without a gap.</summary>
/// <param name="Logs">The logs, oldest first; at least one.</param>
internal sealed record LogChain(IReadOnlyList<ChainedLog> Logs)
{
    /// <summary>Whose logs they are.</summary>
    public StoreId Store => Logs[0].Log.Header.Store;

    /// <summary>The last transaction in them.</summary>
    public long LastTransaction => Logs[^1].Log.LastTransaction;

    /// <summary>When the last transaction in them was committed; null where none is.</summary>
    public DateTimeOffset? LastCommitAt =>
        Logs.Reverse().Select(static log => log.Log.LastCommit?.At).FirstOrDefault(static at => at is not null);
}

/// <summary>One log of a chain, and what was read of it.</summary>
internal sealed record ChainedLog(HeldLog Held, TransactionLog Log);
