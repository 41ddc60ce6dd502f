namespace Grap.Repositories;

/// <summary>A file on a disk, read and written at places (<c>pread</c>, <c>pwrite</c>), so that threads share it
/// without a position.</summary>
internal sealed class DiskFile(FileStream stream) : IWritableFile
{
    private readonly FileStream _stream = stream;
    private long _end = RandomAccess.GetLength(stream.SafeFileHandle);

    public long Length => _stream.CanWrite ? _end : RandomAccess.GetLength(_stream.SafeFileHandle);

    public int ReadAt(long offset, Span<byte> destination) =>
        RandomAccess.Read(_stream.SafeFileHandle, destination, offset);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_stream.SafeFileHandle, bytes, _end);
        _end += bytes.Length;
    }

    public void Sync() => _stream.Flush(flushToDisk: true);

    public void Dispose() => _stream.Dispose();
}
