using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Backups;

/// <summary>A disk that takes nothing, or little: who reads waits, and memory does not fill.</summary>
public sealed class BlockPipelineTests
{
    private const int Mebibyte = 1 << 20;

    // Blocks that may be between the readers and the file (docs/reading.md).
    private const int Budget = 32;

    // Each takes one MiB of the budget.
    private static readonly byte[] s_content = ElementBytes.Node(0, ["L"], ("v", new byte[Mebibyte - 64]));

    [Fact]
    public async Task Reading_stops_at_the_budget_while_the_disk_stands_and_goes_on_block_by_block_with_it()
    {
        using var disk = new StandingFile();
        using var archive = new ArchiveWriter(disk, Guid.NewGuid());
        using var buffers = new BlockBuffers();
        using var pipeline = new BlockPipeline(
            archive, new LiveBlocks(), new GraphDigest(), buffers, compressionLevel: 0, TestContext.Current.CancellationToken);

        var (submitted, waiting) = Submit(pipeline, buffers, 0);
        await disk.Reached;
        Assert.Equal(Budget, submitted);
        Assert.False(waiting.IsCompleted);

        for (var written = 1; written <= 10; written++)
        {
            disk.Let(1);
            await waiting;
            (submitted, waiting) = Submit(pipeline, buffers, submitted + 1);
            Assert.Equal(Budget + written, submitted);
            Assert.False(waiting.IsCompleted);
        }

        disk.Let(Budget + 1);
        await waiting;
        await pipeline.CompleteAsync();
        Assert.Equal(submitted + 1, archive.Entries.Count);
        Assert.Equal(submitted + 1, disk.Blocks);
    }

    [Fact]
    public async Task A_block_larger_than_all_of_the_budget_is_alone_on_its_way()
    {
        using var disk = new StandingFile();
        using var archive = new ArchiveWriter(disk, Guid.NewGuid());
        using var buffers = new BlockBuffers();
        using var pipeline = new BlockPipeline(
            archive, new LiveBlocks(), new GraphDigest(), buffers, compressionLevel: 0, TestContext.Current.CancellationToken);
        var large = ElementBytes.Node(0, ["L"], ("v", new byte[(Budget + 8) * Mebibyte]));

        // Its reader waits until it is in the file, so that it does not receive the next one meanwhile.
        var first = pipeline.SubmitAsync(Block(0, large, new NativeBuffer(large.Length))).AsTask();
        var second = pipeline.SubmitAsync(Block(1, s_content, buffers.Rent())).AsTask();
        await disk.Reached;
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);

        disk.Let(2);
        await first;
        await second;
        await pipeline.CompleteAsync();
        Assert.Equal(2, archive.Entries.Count);
    }

    [Fact]
    public async Task A_disk_that_fails_after_a_while_stops_who_waits_for_it()
    {
        using var disk = new StandingFile { Failure = new IOException("Simulated.", 5) };
        using var archive = new ArchiveWriter(disk, Guid.NewGuid());
        using var buffers = new BlockBuffers();
        using var pipeline = new BlockPipeline(
            archive, new LiveBlocks(), new GraphDigest(), buffers, compressionLevel: 0, TestContext.Current.CancellationToken);
        var (_, waiting) = Submit(pipeline, buffers, 0);

        disk.Let(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(pipeline.CompleteAsync);
    }

    /// <summary>Hands over blocks until one has to wait. Returns how many were taken before it.</summary>
    private static (int Taken, Task Waiting) Submit(BlockPipeline pipeline, BlockBuffers buffers, int number)
    {
        while (true)
        {
            var submission = pipeline.SubmitAsync(Block(number, s_content, buffers.Rent())).AsTask();
            if (!submission.IsCompleted)
                return (number, submission);
            Assert.True(++number < 4 * Budget, "Nothing bounds what is on its way.");
        }
    }

    private static RawBlock Block(int number, byte[] content, NativeBuffer buffer)
    {
        buffer.Clear();
        buffer.Append(content);
        return new RawBlock(new BlockKey(BlockKind.Nodes, 0, number), 1, buffer, 0, content.Length);
    }

    /// <summary>Takes as many blocks as it is let, and keeps none.</summary>
    private sealed class StandingFile : IWritableFile
    {
        private readonly SemaphoreSlim _let = new(0);
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? Failure { get; init; }

        public Task Reached => _reached.Task;

        public int Blocks { get; private set; }

        public long Length { get; private set; }

        public void Let(int blocks) => _let.Release(blocks);

        public int ReadAt(long offset, Span<byte> destination) => throw new NotSupportedException();

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length >= Mebibyte / 2)
            {
                _reached.TrySetResult();
                _let.Wait();
                if (Failure is not null)
                    throw Failure;
                Blocks++;
            }
            Length += bytes.Length;
        }

        public void Sync() { }

        public void Dispose() => _let.Dispose();
    }
}
