using Grap.Backups;
using Grap.Bolt;
using Grap.Repositories;

namespace Grap.Archives;

/// <summary>A file inside a physical backup, read at any place without unpacking it. One thread at a time. Not the
/// owner of the archive.</summary>
internal sealed class ArchivedFile : IReadableFile
{
    private readonly ArchiveReader _archive;
    private readonly Dictionary<int, BlockEntry> _pieces;
    private readonly NativeBuffer _piece = new();
    private int _loaded = -1;

    /// <summary>Opens a file of the archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="number">The file's number: its place in the manifest's list.</param>
    public ArchivedFile(ArchiveReader archive, int number)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var file = archive.Manifest.Physical!.Files[number];
        _archive = archive;
        _pieces = archive.Blocks
            .Where(block => block.Key.Kind == file.Kind.ToBlockKind() && block.Key.FirstId == number)
            .ToDictionary(static block => block.Key.Part);
        Length = file.Length;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public int ReadAt(long offset, Span<byte> destination)
    {
        if (offset >= Length)
            return 0;
        var part = checked((int)(offset / BlockKey.PieceBytes));
        var begin = (int)(offset % BlockKey.PieceBytes);
        var count = (int)Math.Min(Math.Min(destination.Length, BlockKey.PieceBytes - begin), Length - offset);
        destination = destination[..count];
        if (!_pieces.TryGetValue(part, out var block))
        {
            destination.Clear();
            return count;
        }
        if (_loaded != part)
        {
            _loaded = -1;
            _archive.ReadBlock(block, _piece);
            _loaded = part;
        }
        // A block that is shorter than its piece is a fault of whoever wrote it, and not to be read beyond.
        var held = begin < _piece.Length ? _piece.Written[begin..] : default;
        held = held[..Math.Min(held.Length, count)];
        held.CopyTo(destination);
        destination[held.Length..].Clear();
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _piece.Dispose();
}
