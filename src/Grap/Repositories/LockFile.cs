using System.Globalization;
using System.Text;

namespace Grap.Repositories;

/// <summary>
/// A lock that is a file: who creates it holds it. Its first line names the owner; the owner appends a line every few
/// seconds, to the file it created and has open, so that an owner who lost the lock never writes into its successor's.
/// </summary>
internal sealed class LockFile : IDisposable
{
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    private readonly RepositoryPlace _place;
    private readonly string _path;
    private readonly string _token;
    private readonly IWritableFile _file;
    private readonly ITimer? _heartbeat;
    private readonly object _gate = new();
    private long _lastBeat;
    private bool _released;

    private LockFile(RepositoryPlace place, string path, string token, IWritableFile file, bool heartbeat)
    {
        _place = place;
        _path = path;
        _token = token;
        _file = file;
        _lastBeat = place.Time.GetTimestamp();
        if (heartbeat)
            _heartbeat = place.Time.CreateTimer(_ => Beat(), null, HeartbeatInterval, HeartbeatInterval);
    }

    public string Token => _token;

    /// <summary>Takes the lock, over a dead owner if there is one. While a living owner holds it, waits up to
    /// <paramref name="patience"/>, then throws RepositoryLocked. An owner elsewhere who may be dead is watched for up
    /// to a minute.</summary>
    /// <param name="place">Where the lock is.</param>
    /// <param name="name">The lock's file name.</param>
    /// <param name="operation">What it is taken for, told to others.</param>
    /// <param name="patience">How long to wait for a living owner.</param>
    /// <param name="heartbeat">Whether it may be held for longer than a moment.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static LockFile Acquire(
        RepositoryPlace place, string name, string operation, TimeSpan patience, bool heartbeat,
        CancellationToken cancellation)
    {
        var path = place.PathOf(name);
        var watch = new LockWatch(place);
        var start = place.Time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryCreate(place, path, operation, heartbeat) is { } held)
                return held;
            var state = watch.Look(path);
            if (state == LockState.Gone)
                continue;
            var isAlive = state == LockState.Alive;
            if (isAlive && place.Time.GetElapsedTime(start) >= patience)
                throw Locked(place, watch.LastSeen);
            // A living owner of a short lock is gone in milliseconds; a doubtful one is looked at once a second.
            place.Wait(isAlive ? TimeSpan.FromMilliseconds(10) : TimeSpan.FromSeconds(1), cancellation);
        }
    }

    /// <summary>Creates the file, or returns null if it exists.</summary>
    internal static LockFile? TryCreate(RepositoryPlace place, string path, string operation, bool heartbeat)
    {
        if (place.Files.CreateNew(path) is not { } file)
            return null;
        var owner = new LockOwner(
            Guid.NewGuid().ToString("N"), Environment.UserName, place.Processes.Current, operation,
            place.Time.GetUtcNow());
        try
        {
            file.Append(owner.ToLine());
            // Otherwise a power failure could leave an empty lock, and the next run would have to watch it for a
            // minute.
            file.Sync();
            return new LockFile(place, path, owner.Token, file, heartbeat);
        }
        catch (GrapException)
        {
            file.Dispose();
            place.Files.Delete(path);
            throw;
        }
    }

    /// <summary>Whether the lock's file is still the one that this owner created.</summary>
    public bool IsHeld() =>
        !_released && LockWatch.Read(_place, _path) is { } file && LockOwner.Parse(file)?.Token == _token;

    /// <summary>Lets go. Removes the file only if it is ours.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_released)
                return;
            _heartbeat?.Dispose();
            Remove();
            _released = true;
            _file.Dispose();
        }
    }

    private void Remove()
    {
        try
        {
            // An owner suspended for a minute right between these two calls would remove its successor's lock; the
            // successor then finds its lock lost and publishes nothing.
            if (IsHeldForAllWeKnow())
                _place.Files.Delete(_path);
        }
        catch (GrapException)
        {
            // The work that the lock protected has ended, well or badly, and its outcome is what the caller must hear.
            // The file counts as a dead owner's as soon as this process ends.
        }
    }

    /// <summary>Where the file cannot be read: nobody takes a lock over that beat a moment ago. That alone would not
    /// do, since clocks may stand still while a machine sleeps.</summary>
    private bool IsHeldForAllWeKnow()
    {
        try
        {
            return IsHeld();
        }
        catch (GrapException)
        {
            return _place.Time.GetElapsedTime(_lastBeat) < LockWatch.DeadAfter / 2;
        }
    }

    private void Beat()
    {
        lock (_gate)
        {
            if (_released)
                return;
            try
            {
                _file.Append(Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $"{{\"heartbeat\":\"{_place.Time.GetUtcNow():O}\"}}\n")));
                // Not for the disk's sake: on a network share others see what has been synced.
                _file.Sync();
                _lastBeat = _place.Time.GetTimestamp();
            }
            catch (GrapException)
            {
                // A timer has nobody to tell. If the lock is taken over for want of heartbeats, IsHeld says so before
                // anything is published.
            }
        }
    }

    private static GrapException Locked(RepositoryPlace place, LockOwner? owner)
    {
        var who = owner is null
            ? "another run"
            : string.Create(CultureInfo.InvariantCulture,
                $"'{owner.Operation}' of {owner.User} (process {owner.Process.ProcessId} on {owner.Process.Host}) "
                + $"since {owner.Since:u}");
        return new GrapException(GrapCondition.RepositoryLocked, $"Repository '{place.Folder}' is in use by {who}.",
            "Wait until that run has ended, or end it, and run the command again. "
            + "A lock whose owner died is taken over by itself.",
            place.Folder);
    }
}
