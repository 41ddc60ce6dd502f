using System.IO.Hashing;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Grap.Archives.Columns;
using Grap.Backups;
using Grap.Bolt;
using Grap.Repositories;

namespace Grap.Archives;

/// <summary>Reads an archive by index. Opening checks header, trailer, index and manifest; blocks are checked as they
/// are read. Safe for use by several threads at once.</summary>
public sealed class ArchiveReader : IDisposable
{
    /// <summary>Bytes read at once while verifying: large enough for a disk, small enough for the cache.</summary>
    private const int VerifyChunk = 1 << 20;

    /// <summary>Larger blocks hold one element of many MiB, and are read one at a time: memory is to stay bounded on
    /// many cores too.</summary>
    private const int LargeBytes = 8 << 20;

    private readonly IReadableFile _file;
    private readonly string _name;
    private readonly BlockEntry[] _allBlocks;
    private readonly BlockEntry _manifestPart;
    private readonly BlockEntry _indexPart;

    private ArchiveReader(
        IReadableFile file, string name, BlockEntry manifestPart, BackupManifest manifest, BlockEntry indexPart,
        BlockEntry[] blocks, string contentHash)
    {
        _file = file;
        _name = name;
        _manifestPart = manifestPart;
        Manifest = manifest;
        _indexPart = indexPart;
        _allBlocks = blocks;
        Blocks = Array.TrueForAll(blocks, block => ArchiveFormat.IsKnown(block.Key.Kind))
            ? blocks
            : Array.FindAll(blocks, block => ArchiveFormat.IsKnown(block.Key.Kind));
        ContentHash = contentHash;
    }

    /// <summary>Opens an archive and owns <paramref name="file"/>, also if this throws. Throws
    /// <see cref="GrapException"/> with NotAnArchive, ArchiveTooNew or ArchiveCorrupt.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="name">What messages call it: a path or an id.</param>
    public static ArchiveReader Open(IReadableFile file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return OpenChecked(file, name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The manifest.</summary>
    public BackupManifest Manifest { get; }

    /// <summary>All blocks of the kinds that this version knows, ordered by key.</summary>
    public IReadOnlyList<BlockEntry> Blocks { get; }

    /// <summary>Length of the file, in bytes.</summary>
    public long Length => _indexPart.End + ArchiveTrailer.Size;

    /// <summary>SHA-256 that the trailer states, of everything before it, in hexadecimal: names this very
    /// content.</summary>
    public string ContentHash { get; }

    /// <summary>Reads, checks and decompresses a block into <paramref name="destination"/>, replacing what it
    /// held.</summary>
    public void ReadBlock(BlockEntry entry, NativeBuffer destination) => ReadBlock(entry, destination, null);

    /// <summary>The same with the content's layout, if that is wanted.</summary>
    internal void ReadBlock(BlockEntry entry, NativeBuffer destination, ContentLayout? layout)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(destination);
        BlockReading.ReadContent(_file, entry, destination, _name, layout);
    }

    /// <summary>Reads many blocks, one per core at a time, and hands each over with its content and layout, which are valid
    /// until the call returns. The first failure ends it and is what is thrown.</summary>
    /// <param name="blocks">Which.</param>
    /// <param name="take">Takes one block; called from several threads.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    internal void ReadBlocks(
        IEnumerable<BlockEntry> blocks, Action<BlockEntry, NativeBuffer, ContentLayout> take,
        CancellationToken cancellation)
    {
        var one = new object();
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        try
        {
            Parallel.ForEach(blocks, parallel, BlockRoom.Rent, (block, _, own) =>
            {
                if (block.RawLength <= LargeBytes)
                {
                    Read(block, own.Content, own.Layout);
                    return own;
                }
                lock (one)
                {
                    using var large = new NativeBuffer(block.RawLength);
                    Read(block, large, own.Layout);
                }
                return own;
            }, static own => own.Dispose());
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }

        void Read(BlockEntry block, NativeBuffer content, ContentLayout layout)
        {
            BlockReading.ReadContent(_file, block, content, _name, layout);
            take(block, content, layout);
        }
    }

    /// <summary>Reads every byte of the file: SHA-256 against the trailer, every frame against the index.</summary>
    /// <param name="bytesRead">Told how many bytes have been read so far.</param>
    /// <param name="cancellation">Stops between two chunks of 1 MiB.</param>
    public void VerifyChecksum(IProgress<long>? bytesRead, CancellationToken cancellation) =>
        VerifyWholeFile(bytesRead, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Does <see cref="VerifyChecksum"/> and returns the SHA-256 of the whole file, as sha256sum would
    /// tell.</summary>
    internal byte[] VerifyWholeFile(IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var chunk = new NativeBuffer(VerifyChunk);
        Span<byte> header = stackalloc byte[ArchiveHeader.Size];
        Hash(sha256, 0, header);
        ArchiveHeader.Read(header, _name);
        // In the order of the file, so that a disk reads ahead; the index orders by key.
        foreach (var entry in _allBlocks.OrderBy(entry => entry.Offset).Append(_manifestPart).Append(_indexPart))
            VerifyFrame(entry, sha256, chunk.Memory.Span, bytesRead, cancellation);

        Span<byte> trailer = stackalloc byte[ArchiveTrailer.Size];
        if (_file.Length != Length)
            throw ArchiveFault.Corrupt(_name, Length, $"the file's length changed to {_file.Length} while it was read");
        BlockReading.Fill(_file, Length - ArchiveTrailer.Size, trailer, _name);
        ArchiveTrailer.Read(trailer, Length, _name);
        sha256.AppendData(trailer[..ArchiveTrailer.HashOffset]);
        var computed = sha256.GetCurrentHash();
        var stated = trailer.Slice(ArchiveTrailer.HashOffset, ArchiveTrailer.HashLength);
        if (!stated.SequenceEqual(computed))
            throw ArchiveFault.Corrupt(_name,
                $"the SHA-256 of its content is {Convert.ToHexString(computed)}, "
                + $"the trailer says {Convert.ToHexString(stated)}");
        sha256.AppendData(trailer[ArchiveTrailer.HashOffset..]);
        bytesRead?.Report(Length);
        return sha256.GetHashAndReset();
    }

    private void VerifyFrame(
        BlockEntry entry, IncrementalHash sha256, Span<byte> chunk, IProgress<long>? bytesRead,
        CancellationToken cancellation)
    {
        Hash(sha256, entry.Offset, chunk[..FrameHead.Size]);
        BlockReading.CheckHead(chunk[..FrameHead.Size], entry, _name);
        var stored = new XxHash128();
        for (var offset = entry.Offset + FrameHead.Size; offset < entry.End;)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = chunk[..(int)Math.Min(chunk.Length, entry.End - offset)];
            Hash(sha256, offset, part);
            stored.Append(part);
            offset += part.Length;
            bytesRead?.Report(offset);
        }
        if (stored.GetCurrentHashAsUInt128() != entry.StoredHash)
            throw BlockReading.Damaged(entry, "its stored bytes do not match their hash", _name);
    }

    private void Hash(IncrementalHash sha256, long offset, Span<byte> destination)
    {
        BlockReading.Fill(_file, offset, destination, _name);
        sha256.AppendData(destination);
    }

    private static ArchiveReader OpenChecked(IReadableFile file, string name)
    {
        var length = file.Length;
        Span<byte> headerBytes = stackalloc byte[ArchiveHeader.Size];
        headerBytes = headerBytes[..(int)Math.Min(length, ArchiveHeader.Size)];
        BlockReading.Fill(file, 0, headerBytes, name);
        var header = ArchiveHeader.Read(headerBytes, name);
        if (length < ArchiveHeader.Size + ArchiveTrailer.Size)
            throw ArchiveFault.Corrupt(name, length, "the file ends before its trailer");

        Span<byte> trailerBytes = stackalloc byte[ArchiveTrailer.Size];
        BlockReading.Fill(file, length - ArchiveTrailer.Size, trailerBytes, name);
        var trailer = ArchiveTrailer.Read(trailerBytes, length, name);
        var contentHash = Convert.ToHexString(trailerBytes.Slice(ArchiveTrailer.HashOffset, ArchiveTrailer.HashLength));

        using var content = new NativeBuffer();
        var indexPart = ReadPart(file, ArchiveFormat.IndexKind, trailer.IndexOffset, trailer.IndexLength,
            ArchiveFormat.MaxBlockLength, content, name);
        var blocks = BlockIndex.Read(content.Written, trailer.ManifestOffset, name);
        if (indexPart.Count != blocks.Length)
            throw ArchiveFault.Corrupt(name, indexPart.Offset, "the index does not have the number of entries it says");

        var manifestPart = ReadPart(file, ArchiveFormat.ManifestKind, trailer.ManifestOffset, trailer.ManifestLength,
            ArchiveFormat.MaxManifestLength, content, name);
        var manifest = ManifestJson.Read(content.Written, name);
        if (manifest.ArchiveId != header.ArchiveId)
            throw ArchiveFault.Corrupt(name, manifestPart.Offset,
                $"the manifest is that of archive {manifest.ArchiveId}, the header says {header.ArchiveId}");
        return new ArchiveReader(file, name, manifestPart, manifest, indexPart, blocks, contentHash.ToLowerInvariant());
    }

    /// <summary>Reads the manifest's or the index's frame, which the trailer locates instead of the index.</summary>
    private static BlockEntry ReadPart(
        IReadableFile file, BlockKind kind, long offset, long length, int maxLength, NativeBuffer content, string name)
    {
        var part = kind == ArchiveFormat.ManifestKind ? "manifest" : "index";
        Span<byte> head = stackalloc byte[FrameHead.Size];
        BlockReading.Fill(file, offset, head, name);
        var entry = FrameHead.TryRead(head, offset)
            ?? throw ArchiveFault.Corrupt(name, offset, $"the frame of the {part} does not match its hash");
        if (entry.Key != new BlockKey(kind, 0, 0) || entry.Flags != BlockFlags.None
            || entry.End != offset + length || entry.RawLength > maxLength)
            throw ArchiveFault.Corrupt(name, offset, $"the frame found here is not that of the {part}");
        BlockReading.ReadContent(file, entry, content, name);
        return entry;
    }
}
