using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;

namespace Grap.OnlineCopy;

/// <summary>
/// Copies files into an archive, in pieces: several are read, compressed and hashed at once, and one writer appends
/// them. Memory is a piece per core and those that wait for the writer. Pieces that hold only zeros are left out, as
/// the format allows. The server goes first (<see cref="QuietThread"/>).
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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var encoded = new BlockingCollection<EncodedBlock>(MostWaiting);
        using var pieces = Pieces(files, first).GetEnumerator();
        var writing = RunAsync(() => Write(encoded));
        var reading = Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => RunAsync(() => Read(pieces, encoded, stop.Token))));
        try
        {
            await reading.ConfigureAwait(false);
        }
        finally
        {
            encoded.CompleteAdding();
            try
            {
                // If writing failed, that is what ended the reading, and what the caller must hear.
                await writing.ConfigureAwait(false);
            }
            finally
            {
                while (encoded.TryTake(out var block))
                    block.Dispose();
            }
        }

        // What fails first ends the rest.
        async Task RunAsync(Action work)
        {
            try
            {
                await QuietThread.RunAsync("Grap copy", work).ConfigureAwait(false);
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private void Read(IEnumerator<Piece> pieces, BlockingCollection<EncodedBlock> encoded, CancellationToken stopping)
    {
        using var buffer = new NativeBuffer(BlockKey.PieceBytes);
        while (TryNext(pieces, out var piece))
        {
            rate.Take(piece.Length, stopping);
            stopping.ThrowIfCancellationRequested();
            if ((compressionLevel == 0 ? Store(piece) : Compress(piece, buffer)) is { } block)
                Add(block, encoded, stopping);
            bytesCopied?.Report(piece.Length);
        }
    }

    private static bool TryNext(IEnumerator<Piece> pieces, [NotNullWhen(true)] out Piece? piece)
    {
        lock (pieces)
        {
            piece = pieces.MoveNext() ? pieces.Current : null;
            return piece is not null;
        }
    }

    private static void Add(EncodedBlock block, BlockingCollection<EncodedBlock> encoded, CancellationToken stopping)
    {
        try
        {
            encoded.Add(block, stopping);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private EncodedBlock? Compress(Piece piece, NativeBuffer buffer)
    {
        var content = buffer.Memory.Span[..piece.Length];
        return TryRead(piece, content) ? EncodedBlock.Encode(piece.Key, 0, content, compressionLevel) : null;
    }

    /// <summary>Reads to where it is written from.</summary>
    private static EncodedBlock? Store(Piece piece)
    {
        var frame = new NativeBuffer(FrameHead.Size + piece.Length);
        EncodedBlock? block = null;
        try
        {
            frame.Advance(FrameHead.Size + piece.Length);
            if (TryRead(piece, frame.Memory.Span.Slice(FrameHead.Size, piece.Length)))
                block = EncodedBlock.Stored(piece.Key, BlockFlags.None, 0, frame);
            return block;
        }
        finally
        {
            if (block is null)
                frame.Dispose();
        }
    }

    /// <summary>False where there are only zeros.</summary>
    private static bool TryRead(Piece piece, Span<byte> content)
    {
        var read = TransactionLog.Fill(piece.Source.Content, piece.Offset, content);
        content[read..].Clear();
        return content.ContainsAnyExcept((byte)0);
    }

    private void Write(BlockingCollection<EncodedBlock> encoded)
    {
        foreach (var block in encoded.GetConsumingEnumerable())
        {
            using (block)
                archive.Write(block);
        }
    }

    private static IEnumerable<Piece> Pieces(IReadOnlyList<SourceFile> files, int firstNumber)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var length = files[i].File.Length;
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
