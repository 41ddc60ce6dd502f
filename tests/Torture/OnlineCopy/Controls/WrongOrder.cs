using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;

namespace Grap.Tests.Torture.OnlineCopy.Controls;

/// <summary>The steps of a copy in an order that must not be. Each returns what the manifest says of the logs.</summary>
internal static class WrongOrder
{
    /// <summary>Pages first, then the checkpoint: what changed between in pages that were copied before is in no log
    /// from that checkpoint on.</summary>
    public static Task<WrongCopy> CheckpointAfterPagesAsync(
        DatabaseFiles files, PieceWriter writer, CancellationToken cancellation) =>
        CheckpointAfterPagesAsync(files, writer, static () => Task.CompletedTask, cancellation);

    /// <summary>The same, with something between.</summary>
    public static async Task<WrongCopy> CheckpointAfterPagesAsync(
        DatabaseFiles files, PieceWriter writer, Func<Task> between, CancellationToken cancellation)
    {
        await StoreCopy.CopyAsync(files, writer, cancellation);
        await between();
        var checkpoint = Checkpoint.FindNewest(files);
        using var logs = HeldLogs.TryHold(files, checkpoint.Place.LogVersion);
        return await CopyLogsAsync(logs, checkpoint, writer, cancellation);
    }

    /// <summary>Logs first, then the pages: what is in pages that were copied later is in none of these logs.</summary>
    public static async Task<WrongCopy> LogsBeforePagesAsync(
        DatabaseFiles files, PieceWriter writer, CancellationToken cancellation)
    {
        var checkpoint = Checkpoint.FindNewest(files);
        using var logs = HeldLogs.TryHold(files, checkpoint.Place.LogVersion);
        var copy = await CopyLogsAsync(logs, checkpoint, writer, cancellation);
        await StoreCopy.CopyAsync(files, writer, cancellation);
        return copy;
    }

    private static async Task<WrongCopy> CopyLogsAsync(
        HeldLogs? logs, Checkpoint checkpoint, PieceWriter writer, CancellationToken cancellation)
    {
        if (logs?.Settle() is not { } settled || LogCopy.Read(settled, cancellation) is not { } chain)
            throw new Violation("A log of the control was gone before it was opened; run it again.");
        await LogCopy.CopyAsync(chain, checkpoint, writer, cancellation);
        return new WrongCopy(checkpoint.Place, chain.LastTransaction);
    }
}

/// <summary>What the logs of a wrong copy are.</summary>
/// <param name="Checkpoint">Where they begin.</param>
/// <param name="LastTransaction">What they end with.</param>
internal sealed record WrongCopy(CheckpointPlace Checkpoint, long LastTransaction)
{
    /// <summary>Publishes it under the manifest of a right copy, so that only what it holds shows that it is
    /// wrong.</summary>
    public void Publish(
        PendingBackup pending, BackupManifest right, PieceWriter writer, CancellationToken cancellation) =>
        pending.Publish(right with
        {
            Id = pending.Id,
            Transactions = new TransactionWindow(LastTransaction, LastTransaction),
            Physical = right.Physical! with { Files = writer.Files, Checkpoint = Checkpoint },
            Compression = new CompressionInfo("none", 0),
        }, cancellation);
}
