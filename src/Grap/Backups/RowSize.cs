using System.Numerics;

namespace Grap.Backups;

/// <summary>
/// How many ids to ask for per row, so that a row stays near <see cref="TargetBytes"/>: a collected row lives in the
/// server's transaction memory, which all its users share. Always a power of two, so that rows tile a block's range.
/// </summary>
internal sealed class RowSize
{
    /// <summary>What a row should come to at most.</summary>
    public const int TargetBytes = 4 << 20;

    /// <summary>A row of several elements beyond this is not taken in: it was made by an element much larger than those
    /// before.</summary>
    public const int MostBytes = 8 * TargetBytes;

    /// <summary>A row beyond this makes the reader abandon its query and ask again in smaller steps.</summary>
    public const int AlarmingBytes = 4 * TargetBytes;

    // Measured on 5.26.30: 256 ids a row 0.42 M nodes/s, 1,024: 0.47 M, 4,096: 0.46 M. More only makes rows large.
    private const int Most = 1024;

    // What a server may have ready for one connection: it runs ahead of a slow reader in its own heap as far as it was
    // asked to.
    private const long AheadBytes = 16 << 20;

    private long _bytesPerId;

    /// <summary>Ids per row. One at first: sixteen elements of 64 MiB would be a GiB in the server's memory, and
    /// here.</summary>
    public int Step { get; private set; } = 1;

    /// <summary>How many rows to ask for at once; few, as long as their size is not known.</summary>
    public long FetchSize => _bytesPerId == 0 ? 2 : Math.Clamp(AheadBytes / (_bytesPerId * Step), 2, 1000);

    /// <summary>Learns from a row of <paramref name="step"/> ids that took <paramref name="bytes"/>.</summary>
    public void Saw(int step, int bytes)
    {
        _bytesPerId = Math.Max(1, bytes / step);
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
