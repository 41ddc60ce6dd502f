namespace Grap.Bolt.Wire;

/// <summary>Buffers of records that have been taken and given back. Safe for use by several threads.</summary>
internal sealed class BufferShelf : IDisposable
{
    // Enough for a few records on their way through a pipeline; whoever keeps more pays for the memory alone.
    private const int MostBuffers = 8;
    private const long MostBytes = 64 << 20;

    private readonly Stack<NativeBuffer> _buffers = new(MostBuffers);
    private long _bytes;
    private bool _closed;

    public NativeBuffer Take()
    {
        lock (_buffers)
        {
            if (!_buffers.TryPop(out var buffer))
                return new NativeBuffer(4096);
            _bytes -= buffer.Capacity;
            return buffer;
        }
    }

    public void Put(NativeBuffer buffer)
    {
        lock (_buffers)
        {
            if (!_closed && _buffers.Count < MostBuffers && _bytes + buffer.Capacity <= MostBytes)
            {
                buffer.Clear();
                _bytes += buffer.Capacity;
                _buffers.Push(buffer);
                return;
            }
        }
        buffer.Dispose();
    }

    public void Dispose()
    {
        lock (_buffers)
        {
            _closed = true;
            while (_buffers.TryPop(out var buffer))
                buffer.Dispose();
        }
    }
}
