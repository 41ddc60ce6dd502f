using System.Security.Cryptography;
using Grap.Backups;
using Grap.Bolt;
using Grap.Repositories;

namespace Grap.Archives;

/// <summary>Writes one archive front to back. One thread at a time.</summary>
public sealed class ArchiveWriter : IDisposable
{
    /// <summary>What is shorter is hashed before another thread would have begun.</summary>
    private const int HashedBeside = 64 << 10;

    private readonly IWritableFile _file;
    private readonly string _name;
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<BlockEntry> _entries = [];
    private bool _complete;

    /// <summary>Writes the header. <paramref name="file"/> is not disposed by the writer.</summary>
    public ArchiveWriter(IWritableFile file, Guid archiveId) : this(file, archiveId, archiveId.ToString()) { }

    internal ArchiveWriter(IWritableFile file, Guid archiveId, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length != 0)
            throw new ArgumentException("An archive begins an empty file.", nameof(file));
        _file = file;
        _name = name;
        var header = new byte[ArchiveHeader.Size];
        new ArchiveHeader(ArchiveFormat.Major, ArchiveFormat.Minor, 0, archiveId).Write(header);
        Append(header);
    }

    /// <summary>Every block written so far, in writing order. A key that was written twice is in it twice; an archive
    /// cannot be completed then: the blocks that count are copied into a fresh one with
    /// <see cref="CopyFrom"/>.</summary>
    public IReadOnlyList<BlockEntry> Entries => _entries;

    /// <summary>Appends a block.</summary>
    public BlockEntry Write(EncodedBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return AppendFrame(block.Entry, block.Frame);
    }

    /// <summary>Appends a block as it stands in another archive or unfinished archive file, without decoding it; checks
    /// its stored hash.</summary>
    public BlockEntry CopyFrom(IReadableFile source, BlockEntry entry)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(entry);
        using var codec = BlockCodec.Rent();
        BlockReading.ReadFrame(source, entry, codec.Scratch, _name);
        return AppendFrame(entry, codec.Scratch.WrittenMemory);
    }

    /// <summary>Reads back a block written before, checked and decompressed (the file is still open for
    /// writing).</summary>
    public void ReadBlock(BlockEntry entry, NativeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(destination);
        BlockReading.ReadContent(_file, entry, destination, _name);
    }

    /// <summary>Writes manifest, index and trailer; <see cref="Sync"/> is what remains to be done. Returns the SHA-256 of the
    /// whole file. Throws <see cref="InvalidOperationException"/> if a key was written twice.</summary>
    public byte[] Complete(BackupManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var sorted = SortedEntries();
        _complete = true;
        var manifestOffset = _file.Length;
        AppendPart(ArchiveFormat.ManifestKind, 0, ManifestJson.Write(manifest));
        var indexOffset = _file.Length;
        AppendIndex(sorted);
        AppendTrailer(manifestOffset, indexOffset);
        return _sha256.GetHashAndReset();
    }

    /// <summary>Returns when the archive is on the disk.</summary>
    public void Sync() => _file.Sync();

    /// <inheritdoc/>
    public void Dispose() => _sha256.Dispose();

    private List<BlockEntry> SortedEntries()
    {
        var sorted = _entries.OrderBy(entry => entry.Key).ToList();
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].Key == sorted[i - 1].Key)
                throw new InvalidOperationException(
                    $"Block {sorted[i].Key} was written twice; copy the ones that count.");
        }
        return sorted;
    }

    private void AppendIndex(List<BlockEntry> sorted)
    {
        using var content = new NativeBuffer(sorted.Count * BlockIndex.EntrySize);
        BlockIndex.Write(sorted, content);
        AppendPart(ArchiveFormat.IndexKind, sorted.Count, content.Written);
    }

    private void AppendPart(BlockKind kind, int count, ReadOnlySpan<byte> content)
    {
        using var part = EncodedBlock.Encode(
            new BlockKey(kind, 0, 0), BlockFlags.None, count, content, compressionLevel: 0);
        Append(part.Frame);
    }

    private void AppendTrailer(long manifestOffset, long indexOffset)
    {
        Span<byte> trailer = stackalloc byte[ArchiveTrailer.Size];
        var start = _file.Length;
        new ArchiveTrailer(manifestOffset, indexOffset - manifestOffset, indexOffset, start - indexOffset,
            start + ArchiveTrailer.Size).WriteLocations(trailer);
        _sha256.AppendData(trailer[..ArchiveTrailer.HashOffset]);
        var hash = trailer.Slice(ArchiveTrailer.HashOffset, ArchiveTrailer.HashLength);
        _sha256.GetCurrentHash(hash);
        ArchiveFormat.EndMagic.CopyTo(trailer[(ArchiveTrailer.HashOffset + ArchiveTrailer.HashLength)..]);
        // From here on it is the hash of the whole file, for the .sha256 file.
        _sha256.AppendData(trailer[ArchiveTrailer.HashOffset..]);
        _file.Append(trailer);
    }

    private BlockEntry AppendFrame(BlockEntry entry, ReadOnlyMemory<byte> frame)
    {
        if (_complete)
            throw new InvalidOperationException("The archive is complete.");
        if (_entries.Count == BlockIndex.MaxEntries)
            throw new GrapException(GrapCondition.NotSupported,
                $"An archive holds at most {BlockIndex.MaxEntries} blocks.",
                "Back up the database's parts separately.", _name);
        var placed = entry with { Offset = _file.Length };
        Append(frame);
        _entries.Add(placed);
        return placed;
    }

    /// <summary>SHA-256 takes about as long as the disk (1 GB/s), so they work at once.</summary>
    private void Append(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HashedBeside)
        {
            _file.Append(bytes.Span);
            _sha256.AppendData(bytes.Span);
            return;
        }
        var hashing = Task.Run(() => _sha256.AppendData(bytes.Span));
        try
        {
            _file.Append(bytes.Span);
        }
        finally
        {
            // In any case: whoever owns the bytes frees them afterwards.
            hashing.GetAwaiter().GetResult();
        }
    }
}
