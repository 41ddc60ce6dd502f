using System.Collections.Concurrent;
using System.Threading.Channels;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;

namespace Grap.OnlineCopy;

/// <summary>
/// Copies files into an archive, in pieces: several are read, compressed and hashed at once, and one writer appends
/// them. Memory is a piece per core and those that wait for the writer. Pieces that hold only zeros are left out, as
/// the format allows.
/// </summary>
/// <param name="archive">The archive; nobody else writes to it meanwhile.</param>
/// <param name="compressionLevel">Zstandard level; 0 for none.</param>
/// <param name="rate">What slows reading down.</param>
/// <param name="bytesCopied">Told how many bytes each piece had.</param>
internal sealed class PieceWriter(
    ArchiveWriter archive, int compressionLevel, ByteRate rate, IProgress<long>? bytesCopied = null)
{
    // 16 MiB: enough for the disk never to wait for the next piece.
    private const int MostWaiting = 16;

    private readonly List<PhysicalFile> _files = [];

    /// <summary>The files copied so far, in the order of their numbers.</summary>
    public IReadOnlyList<PhysicalFile> Files => _files;

    /// <summary>Copies files; they get the next numbers. What a file lost of its length meanwhile is copied as zeros,
    /// what it gained is not copied: both is as good as any other state in which a page may be met.</summary>
    public async Task CopyAsync(IReadOnlyList<SourceFile> files, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        var first = _files.Count;
        _files.AddRange(files.Select(static file => file.File));
        var buffers = new ConcurrentBag<NativeBuffer>();
        var encoded = Channel.CreateBounded<EncodedBlock>(MostWaiting);
        var writing = Task.Run(() => WriteAsync(encoded), CancellationToken.None);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        try
        {
            await Parallel.ForEachAsync(Pieces(files, first), parallel, async (piece, stopping) =>
            {
                await rate.TakeAsync(piece.Length, stopping).ConfigureAwait(false);
                if (!buffers.TryTake(out var buffer))
                    buffer = new NativeBuffer(BlockKey.PieceBytes);
                var block = Encode(piece, buffer.Memory.Span[..piece.Length]);
                buffers.Add(buffer);
                if (block is not null)
                    await encoded.Writer.WriteAsync(block, stopping).ConfigureAwait(false);
                bytesCopied?.Report(piece.Length);
            }).ConfigureAwait(false);
        }
        finally
        {
            encoded.Writer.TryComplete();
            // If writing failed, that is what ended the reading, and what the caller must hear.
            await writing.ConfigureAwait(false);
            foreach (var buffer in buffers)
                buffer.Dispose();
        }
    }

    private EncodedBlock? Encode(Piece piece, Span<byte> content)
    {
        var read = TransactionLog.Fill(piece.Source.Content!, piece.Offset, content);
        content[read..].Clear();
        return content.ContainsAnyExcept((byte)0)
            ? EncodedBlock.Encode(piece.Key, 0, content, compressionLevel)
            : null;
    }

    private async Task WriteAsync(Channel<EncodedBlock> encoded)
    {
        try
        {
            await foreach (var block in encoded.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                using (block)
                    archive.Write(block);
            }
        }
        catch (Exception failure)
        {
            encoded.Writer.TryComplete(failure);
            while (encoded.Reader.TryRead(out var block))
                block.Dispose();
            throw;
        }
    }

    private static IEnumerable<Piece> Pieces(IReadOnlyList<SourceFile> files, int firstNumber)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var length = files[i].Content is null ? 0 : files[i].File.Length;
            var kind = files[i].File.Kind.ToBlockKind();
            for (long offset = 0; offset < length; offset += BlockKey.PieceBytes)
            {
                var part = checked((int)(offset / BlockKey.PieceBytes));
                yield return new Piece(files[i], new BlockKey(kind, firstNumber + i, part), offset,
                    (int)Math.Min(BlockKey.PieceBytes, length - offset));
            }
        }
    }

    private sealed record Piece(SourceFile Source, BlockKey Key, long Offset, int Length);
}
