using System.Collections.Concurrent;
using Grap.Archives.Columns;
using Grap.Bolt;

namespace Grap.Archives;

/// <summary>
/// What a block is read into: its content, and where what is in it. Some MiB, which the system would have to clear again
/// for every archive (9 µs for each page of 4 KiB, on a virtual machine: a sixth of the time of comparing two backups), so
/// that a bounded number is kept for the process. Rented for one reader at a time.
/// </summary>
internal sealed class BlockRoom : IDisposable
{
    /// <summary>How many the process keeps: each core may read two graphs side by side.</summary>
    public static readonly int Kept = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    /// <summary>More than this goes back to the system after use: ordinary blocks hold 4 MiB, and less than half as much tells
    /// where what is in them.</summary>
    private const int KeptBytes = 8 << 20;

    private static readonly ConcurrentBag<BlockRoom> Pool = [];

    private BlockRoom() { }

    /// <summary>A block's content.</summary>
    public NativeBuffer Content { get; } = new();

    /// <summary>Where elements and values are in it, if that is known.</summary>
    public ContentLayout Layout { get; } = new();

    public static BlockRoom Rent() => Pool.TryTake(out var room) ? room : new BlockRoom();

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (Content.Capacity <= KeptBytes && Layout.Capacity <= KeptBytes && Pool.Count < Kept)
            Pool.Add(this);
        else
            Content.Dispose();
    }
}
