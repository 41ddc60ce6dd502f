using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Bolt;

namespace Grap.Backups;

/// <summary>One part of a block as it was read: <paramref name="Count"/> elements in <paramref name="Length"/> bytes
/// from <paramref name="Offset"/> of a buffer that whoever holds the block gives back.</summary>
internal sealed record RawBlock(BlockKey Key, int Count, NativeBuffer Buffer, int Offset, int Length)
{
    /// <summary>The elements' bytes.</summary>
    public ReadOnlySpan<byte> Content => Buffer.Written.Slice(Offset, Length);
}

/// <summary>Buffers of a block's usual size, used again; larger ones are freed at once.</summary>
internal sealed class BlockBuffers : IDisposable
{
    private readonly ConcurrentBag<NativeBuffer> _free = [];

    public NativeBuffer Rent()
    {
        if (!_free.TryTake(out var buffer))
            buffer = new NativeBuffer(BlockCutter.PartBytes);
        buffer.Clear();
        return buffer;
    }

    public void Return(NativeBuffer buffer)
    {
        if (buffer.Capacity > 2 * BlockCutter.PartBytes)
            ((IDisposable)buffer).Dispose();
        else
            _free.Add(buffer);
    }

    public void Dispose()
    {
        while (_free.TryTake(out var buffer))
            ((IDisposable)buffer).Dispose();
    }
}
