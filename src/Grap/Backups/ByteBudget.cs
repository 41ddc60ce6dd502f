namespace Grap.Backups;

/// <summary>Bounds the bytes between the readers and the file. Granted in the order of asking; what is larger than the
/// whole budget gets all of it, and so is alone.</summary>
internal sealed class ByteBudget(long bytes) : IDisposable
{
    private const int UnitBytes = 1 << 20;

    private readonly int _total = Units(bytes, int.MaxValue);
    private readonly SemaphoreSlim _free = new(Units(bytes, int.MaxValue));

    // One asks at a time: two that each hold half of what they need would wait for each other for ever.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Waits until this many bytes may be in flight.</summary>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (var left = Units(bytes, _total); left > 0; left--)
                await _free.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives back what was taken for this many bytes.</summary>
    public void Return(long bytes) => _free.Release(Units(bytes, _total));

    /// <summary>Waits until nothing is in flight.</summary>
    public async ValueTask WaitUntilFreeAsync(CancellationToken cancellation)
    {
        await TakeAsync(long.MaxValue, cancellation).ConfigureAwait(false);
        Return(long.MaxValue);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _free.Dispose();
        _turn.Dispose();
    }

    private static int Units(long bytes, int most) => (int)Math.Clamp(((bytes - 1) / UnitBytes) + 1, 1, most);
}
