using System.Numerics;

namespace Grap.Backups;

/// <summary>
/// How many ids to ask for per row, so that a row stays near <see cref="TargetBytes"/>: a collected row lives in the server's transaction
/// memory, which all its users share. Always a power of two, so that rows tile a block's range.
/// </summary>
internal sealed class RowSize
{
    /// <summary>What a row should come to at most.</summary>
    public const int TargetBytes = 4 << 20;

    /// <summary>A row beyond this makes the reader abandon its query and ask again in smaller steps.</summary>
    public const int AlarmingBytes = 4 * TargetBytes;

    // Measured on 5.26.30: 256 ids a row 0.42 M nodes/s, 1,024: 0.47 M, 4,096: 0.46 M. More only makes rows large.
    private const int Most = 1024;

    /// <summary>Ids per row.</summary>
    public int Step { get; private set; } = 16;

    /// <summary>Learns from a row of <paramref name="step"/> ids that took <paramref name="bytes"/>.</summary>
    public void Saw(int step, int bytes)
    {
        if (bytes > TargetBytes)
            Step = Math.Max(1, Math.Min(Step, PowerBelow((long)step * TargetBytes / bytes)));
        else if (step >= Step && bytes < TargetBytes / 4)
            Step = Math.Min(Most, Step * 4);
    }

    /// <summary>After the server ran out of memory, or of patience. False when a single element was too much.</summary>
    public bool Shrink()
    {
        if (Step == 1)
            return false;
        Step = Math.Max(1, Step / 8);
        return true;
    }

    private static int PowerBelow(long value) => value <= 1 ? 1 : 1 << BitOperations.Log2((ulong)Math.Min(value, Most));
}
