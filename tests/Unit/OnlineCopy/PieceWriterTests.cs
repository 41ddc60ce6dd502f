using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>The memory of a copy: pieces that were read and are not written yet.</summary>
public sealed class PieceWriterTests
{
    // One for each core that reads and one that is being written, beside those that wait.
    private static readonly int s_most = 16 + Environment.ProcessorCount + 1;

    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, 1)]
    [InlineData(300, 1)]
    public async Task However_large_a_file_is_and_however_slow_the_disk_few_pieces_wait(int pieces, int compressionLevel)
    {
        Assert.SkipWhen(s_most >= 100, "With so many cores a file of 100 pieces is not large.");
        var source = new LargeFile((long)pieces * BlockKey.PieceBytes);
        var target = new SlowFile(source);
        using var archive = new ArchiveWriter(target, SmallArchive.Id);
        var writer = new PieceWriter(archive, compressionLevel, new ByteRate(0, TimeProvider.System));

        await writer.CopyAsync(
            [new SourceFile(new PhysicalFile("large", PhysicalFileKind.Store, source.Length), source)],
            TestContext.Current.CancellationToken);

        Assert.Equal(pieces, archive.Entries.Count);
        Assert.Equal(pieces, source.Pieces);
        Assert.InRange(target.MostAhead, 16, s_most);
    }

    /// <summary>A file of any length that takes no memory.</summary>
    private sealed class LargeFile(long length) : IReadableFile
    {
        private int _pieces;

        public long Length => length;

        /// <summary>Pieces of which the reading was begun.</summary>
        public int Pieces => Volatile.Read(ref _pieces);

        public int ReadAt(long offset, Span<byte> destination)
        {
            if (offset % BlockKey.PieceBytes == 0)
                Interlocked.Increment(ref _pieces);
            destination.Fill(7);
            return destination.Length;
        }

        public void Dispose() { }
    }

    /// <summary>A disk that takes two pieces, an early one and a late one, only when nothing more is read.</summary>
    private sealed class SlowFile(LargeFile source) : IWritableFile
    {
        private static readonly TimeSpan s_still = TimeSpan.FromMilliseconds(100);
        private int _written;

        public long Length { get; private set; }

        /// <summary>Most pieces that were read and not written.</summary>
        public int MostAhead { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            Length += bytes.Length;
            // Before the first there is the header.
            if (_written is 1 or 60)
                WaitUntilNothingIsRead();
            if (_written > 0)
                MostAhead = Math.Max(MostAhead, source.Pieces - (_written - 1));
            _written++;
        }

        public int ReadAt(long offset, Span<byte> destination) => throw new NotSupportedException();

        public void Sync() { }

        public void Dispose() { }

        private void WaitUntilNothingIsRead()
        {
            for (var (last, now) = (-1, source.Pieces); last != now; (last, now) = (now, source.Pieces))
                Thread.Sleep(s_still);
        }
    }
}
