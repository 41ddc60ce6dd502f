namespace Grap.Repositories;

/// <summary>What is known of a lock.</summary>
internal enum LockState
{
    /// <summary>It is not there, or not any more.</summary>
    Gone,
    /// <summary>Its owner may be dead; look again.</summary>
    Doubtful,
    /// <summary>Its owner lives.</summary>
    Alive,
}

/// <summary>
/// Judges lock files of others, and removes those of the dead. Times of other machines are never compared: what counts
/// is whether the file changes while this process watches it.
/// </summary>
internal sealed class LockWatch(RepositoryPlace place)
{
    /// <summary>Twelve missed heartbeats.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(60);

    /// <summary>An owner writes its name right after creating the file; one that did not is dead sooner.</summary>
    public static readonly TimeSpan NamelessDeadAfter = TimeSpan.FromSeconds(5);

    private static readonly string NoToken = new('0', 32);
    private readonly Dictionary<string, (byte[] Content, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Who held the lock looked at last, if its file said so.</summary>
    public LockOwner? LastSeen { get; private set; }

    /// <summary>Looks at a lock, and removes it if its owner is dead.</summary>
    public LockState Look(string path)
    {
        if (Read(place, path) is not { } content)
            return LockState.Gone;
        var owner = LockOwner.Parse(content);
        LastSeen = owner;
        return (owner is null ? null : place.Processes.IsRunning(owner.Process)) switch
        {
            true => LockState.Alive,
            false => RemoveDead(path, content, owner),
            null => LookFromAfar(path, content, owner),
        };
    }

    /// <summary>A lock's bytes; null if there is none.</summary>
    public static byte[]? Read(RepositoryPlace place, string path)
    {
        using var file = place.Files.OpenRead(path);
        return file is null ? null : RepositoryPlace.ReadAll(file, path, limit: 64 << 20);
    }

    /// <summary>An owner on another machine, or one that is not named: dead if the file does not change for a while of
    /// our own clock.</summary>
    private LockState LookFromAfar(string path, byte[] content, LockOwner? owner)
    {
        if (_seen.TryGetValue(path, out var before) && before.Content.AsSpan().SequenceEqual(content))
        {
            return place.Time.GetElapsedTime(before.Since) < (owner is null ? NamelessDeadAfter : DeadAfter)
                ? LockState.Doubtful
                : RemoveDead(path, content, owner);
        }
        var hadHeartbeat = owner is not null && before.Content is not null
            && LockOwner.Parse(before.Content)?.Token == owner.Token;
        _seen[path] = (content, place.Time.GetTimestamp());
        return hadHeartbeat ? LockState.Alive : LockState.Doubtful;
    }

    /// <summary>
    /// Removes a dead owner's lock so that of several who find it dead exactly one does it: only who creates the file
    /// named after the lock's token may remove that lock, and only if it is still there when the claim is held. A token
    /// never comes back, so a latecomer's claim finds another lock and leaves it alone. A claim is itself a lock, and a
    /// dead claimer's is removed the same way.
    /// </summary>
    private LockState RemoveDead(string path, byte[] content, LockOwner? owner)
    {
        var claimPath = place.PathOf(RepositoryLayout.Claim(Path.GetFileName(path), owner?.Token ?? NoToken));
        using var claim = LockFile.TryCreate(place, claimPath, "take over", heartbeat: false);
        if (claim is null)
        {
            var claimState = Look(claimPath);
            LastSeen = owner;
            return claimState == LockState.Gone ? RemoveDead(path, content, owner) : LockState.Doubtful;
        }
        if (Read(place, path) is { } now)
        {
            if (!now.AsSpan().SequenceEqual(content))
                return LockState.Doubtful;
            place.Files.Delete(path);
        }
        return LockState.Gone;
    }
}
