using Grap.Backups;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>A file to be copied into an archive.</summary>
/// <param name="File">What it will be in the manifest; its first <see cref="PhysicalFile.Length"/> bytes are
/// copied.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record SourceFile(PhysicalFile File, IReadableFile Content);

/// <summary>Bytes in memory as a file.</summary>
internal sealed class BytesFile(byte[] bytes) : IReadableFile
{
    public long Length => bytes.Length;

    public int ReadAt(long offset, Span<byte> destination)
    {
        if (offset >= bytes.Length)
            return 0;
        var part = bytes.AsSpan((int)offset);
        part = part[..Math.Min(part.Length, destination.Length)];
        part.CopyTo(destination);
        return part.Length;
    }

    public void Dispose() { }
}
