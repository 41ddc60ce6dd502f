namespace Grap.Repositories;

/// <summary>The repository's lock, with owner and heartbeat; released when disposed.</summary>
public sealed class RepositoryLock : IDisposable
{
    private readonly RepositoryPlace _place;
    private readonly LockFile _file;

    internal RepositoryLock(RepositoryPlace place, LockFile file)
    {
        _place = place;
        _file = file;
    }

    /// <summary>Throws LockLost if it is no longer ours: the run was suspended for more than a minute, and another took
    /// over.</summary>
    public void EnsureHeld()
    {
        if (!_file.IsHeld())
            throw new GrapException(GrapCondition.LockLost,
                $"The lock of repository '{_place.Folder}' was taken over by another run; nothing was published.",
                "Run the command again. "
                + "If it happens again, find what suspends this machine or its connection for over a minute.",
                _place.Folder);
    }

    /// <summary>Whether it is still ours.</summary>
    internal bool IsHeld => _file.IsHeld();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal void EnsureHeldIn(RepositoryPlace place)
    {
        if (place.Folder != _place.Folder)
            throw new ArgumentException(
                $"The lock is that of '{_place.Folder}', not of '{place.Folder}'.", nameof(place));
        EnsureHeld();
    }
}
