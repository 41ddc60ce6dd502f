namespace Grap.Backups;

/// <summary>Takes the blocks that are read of a graph.</summary>
internal interface IBlockSink
{
    /// <summary>Cancelled when reading is to stop, for whatever reason.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Hands over a block and the buffer that it is in; waits while those before are worked on.</summary>
    ValueTask SubmitAsync(RawBlock block);
}
