using Grap.OnlineCopy;

namespace Grap.Tests.Torture.OnlineCopy.Controls;

/// <summary>The steps of a copy in an order that must not be.</summary>
internal static class WrongOrder
{
    /// <summary>Pages first, then the checkpoint: what changed between in pages that were copied before is in no log
    /// from that checkpoint on.</summary>
    public static async Task CheckpointAfterPagesAsync(
        DatabaseFiles files, PieceWriter writer, CancellationToken cancellation)
    {
        await StoreCopy.CopyAsync(files, writer, cancellation);
        var checkpoint = Checkpoint.FindNewest(files);
        using var logs = HeldLogs.TryHold(files, checkpoint.Place.LogVersion);
        await CopyLogsAsync(logs, checkpoint, writer, cancellation);
    }

    /// <summary>Logs first, then the pages: what is in pages that were copied later is in none of these logs.</summary>
    public static async Task LogsBeforePagesAsync(
        DatabaseFiles files, PieceWriter writer, CancellationToken cancellation)
    {
        var checkpoint = Checkpoint.FindNewest(files);
        using var logs = HeldLogs.TryHold(files, checkpoint.Place.LogVersion);
        await CopyLogsAsync(logs, checkpoint, writer, cancellation);
        await StoreCopy.CopyAsync(files, writer, cancellation);
    }

    private static Task CopyLogsAsync(
        HeldLogs? logs, Checkpoint checkpoint, PieceWriter writer, CancellationToken cancellation) =>
        logs?.Settle() is { } settled && LogCopy.Read(settled, cancellation) is { } chain
            ? LogCopy.CopyAsync(chain, checkpoint, writer, cancellation)
            : throw new Violation("A log of the control was gone before it was opened; run it again.");
}
