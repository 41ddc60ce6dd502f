using Grap.Repositories;

namespace Grap.Tests.Unit.Archives;

/// <summary>A file in memory that may hand out fewer bytes per read than asked for, as files do.</summary>
internal sealed class MemoryFile(byte[]? content = null, int mostPerRead = int.MaxValue) : IWritableFile
{
    private byte[] _bytes = content ?? [];

    public long Length { get; private set; } = content?.Length ?? 0;

    public byte[] Bytes => _bytes[..(int)Length];

    public int Syncs { get; private set; }

    public int ReadAt(long offset, Span<byte> destination)
    {
        var length = (int)Math.Max(0, Math.Min(Math.Min(destination.Length, mostPerRead), Length - offset));
        _bytes.AsSpan((int)Math.Min(offset, Length), length).CopyTo(destination);
        return length;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Max(Length + bytes.Length, _bytes.Length * 2L));
        bytes.CopyTo(_bytes.AsSpan((int)Length));
        Length += bytes.Length;
    }

    public void Sync() => Syncs++;

    public void Dispose() { }
}
