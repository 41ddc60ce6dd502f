using System.Buffers;
using System.Runtime.InteropServices;

namespace Grap.Bolt;

/// <summary>
/// A growable run of bytes outside the managed heap. Messages and blocks of many MiB live here: growing is a
/// <c>realloc</c> (which moves pages instead of copying them where the system can), and the memory goes back at once
/// when disposed, neither of which holds for large managed arrays. Not safe for use by several threads at once.
/// </summary>
/// <remarks>A span over the buffer must not outlive the last use of the buffer itself: dispose it after the span's last
/// use (a <c>using</c> does), or hold <see cref="WrittenMemory"/>, which keeps the buffer alive.</remarks>
public sealed unsafe class NativeBuffer : MemoryManager<byte>, IBufferWriter<byte>
{
    private byte* _start;
    private int _capacity;

    /// <summary>Creates a buffer with room for <paramref name="capacity"/> bytes.</summary>
    public NativeBuffer(int capacity = 0)
    {
        if (capacity > 0)
            EnsureCapacity(capacity);
    }

#pragma warning disable CA2015, MA0055 // A buffer that an exception left behind may hold hundreds of MiB, which no
    // garbage collection would give back. The price is that a span does not keep its buffer alive: see the remarks.
    /// <summary>Frees the memory of a buffer that nobody disposed.</summary>
    ~NativeBuffer() => Dispose(false);
#pragma warning restore CA2015, MA0055

    /// <summary>How many bytes are in use.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes fit without growing.</summary>
    public int Capacity => _capacity;

    /// <summary>The bytes in use. Invalid after the buffer grows or is disposed.</summary>
    public ReadOnlySpan<byte> Written => new(_start, Length);

    /// <summary>The bytes in use, as memory. Invalid after the buffer grows or is disposed.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => Memory[..Length];

    /// <summary>Makes the buffer empty and keeps its memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Appends <paramref name="bytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Makes room for <paramref name="capacity"/> bytes in all.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= _capacity)
            return;
        // A quarter more than asked once it is large, doubling while it is small: a 64 MiB message must not reserve
        // 128.
        var wanted = capacity < 1 << 20 ? Math.Max(capacity, _capacity * 2L) : Math.Max(capacity, _capacity * 5L / 4);
        var size = (int)Math.Min(wanted, int.MaxValue);
        _start = (byte*)NativeMemory.Realloc(_start, (nuint)size);
        _capacity = size;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _capacity - Length);
        Length += count;
    }

    /// <summary>All memory reserved, in use or not. Invalid after the buffer grows or is disposed.</summary>
    public override Memory<byte> Memory => CreateMemory(_capacity);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureCapacity(checked(Length + Math.Max(sizeHint, 1)));
        return Memory[Length..];
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureCapacity(checked(Length + Math.Max(sizeHint, 1)));
        return new Span<byte>(_start + Length, _capacity - Length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_start, _capacity);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    /// <inheritdoc/>
    public override void Unpin() { }

    /// <summary>Frees the memory. Disposing twice does no harm.</summary>
    public void Dispose() => ((IDisposable)this).Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_start);
        _start = null;
        _capacity = 0;
        Length = 0;
    }
}
