using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Crash;

/// <summary>What must be in the repository, as far as was acknowledged, and what may be or not because a process was
/// killed over it.</summary>
internal sealed class Books
{
    private readonly Dictionary<string, string?> _backups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private readonly HashSet<string> _going = new(StringComparer.Ordinal);
    private readonly HashSet<string> _moving = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _trash = new(StringComparer.Ordinal);

    /// <summary>Ids of all backups that were acknowledged or found.</summary>
    public IReadOnlyCollection<string> Ids => _backups.Keys;

    /// <summary>Ids of all backups that are in the trash.</summary>
    public IReadOnlyCollection<string> Trash => _trash.Keys;

    /// <summary>Backups that nobody has proven since they were found.</summary>
    public HashSet<string> Unproven { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a move of the backup to the trash, or back, was begun and not acknowledged.</summary>
    public bool MayHaveMoved(string id) => _moving.Contains(id);

    /// <summary>Whether a removal of the backup was begun and not acknowledged.</summary>
    public bool MayBeGone(string id) => _going.Contains(id);

    /// <summary>Whether the backup was begun and not acknowledged.</summary>
    public bool MayBeThere(string id) => _begun.Contains(id);

    /// <summary>The SHA-256 of the archive as first seen; null before that.</summary>
    public string? HashOf(string id) => _backups.GetValueOrDefault(id) ?? _trash.GetValueOrDefault(id);

    public bool Has(string id) => _backups.ContainsKey(id);

    /// <summary>Enters a backup, or the hash of one.</summary>
    public void Enter(string id, string? hash = null)
    {
        if (!_backups.TryGetValue(id, out var known))
            Unproven.Add(id);
        _backups[id] = known ?? hash;
    }

    public void Strike(string id)
    {
        _backups.Remove(id);
        _trash.Remove(id);
        Unproven.Remove(id);
    }

    /// <summary>Moves a backup to the trash; its hash stays what it is, if there was one.</summary>
    public void MoveToTrash(string id, string? hash = null)
    {
        hash = HashOf(id) ?? hash;
        Strike(id);
        _trash[id] = hash;
    }

    /// <summary>Moves a backup back.</summary>
    public void BringBack(string id)
    {
        var hash = HashOf(id);
        _trash.Remove(id);
        Enter(id, hash);
    }

    /// <summary>Enters what a process said.</summary>
    public void Hear(IEnumerable<string[]> answers)
    {
        foreach (var answer in answers)
        {
            switch (answer)
            {
                case [ChildWord.Begin, ChildWord.Take, var id]:
                    _begun.Add(id);
                    break;
                case [ChildWord.Begin, ChildWord.Trash or ChildWord.BringBack, var id]:
                    _moving.Add(id);
                    break;
                case [ChildWord.Done, ChildWord.Trash, var id]:
                    _moving.Remove(id);
                    MoveToTrash(id);
                    break;
                case [ChildWord.Done, ChildWord.BringBack, var id]:
                    _moving.Remove(id);
                    BringBack(id);
                    break;
                case [ChildWord.Begin, ChildWord.Remove or ChildWord.Purge, var id]:
                    _going.Add(id);
                    break;
                case [ChildWord.Done, ChildWord.Take, var id]:
                    _begun.Remove(id);
                    Enter(id);
                    break;
                case [ChildWord.Done, ChildWord.Remove or ChildWord.Purge, var id]:
                    _going.Remove(id);
                    Strike(id);
                    break;
                case [ChildWord.Refused, var operation, var id, var condition, var message]:
                    throw new Violation($"{operation} {id} was refused with {condition}: {message}");
                default:
                    break;
            }
        }
    }

    /// <summary>Returns what brings the books back to what they are now.</summary>
    public Action Photograph()
    {
        var backups = _backups.ToList();
        var unproven = Unproven.ToList();
        var trash = _trash.ToList();
        return () =>
        {
            _trash.Clear();
            trash.ForEach(backup => _trash.Add(backup.Key, backup.Value));
            _backups.Clear();
            backups.ForEach(backup => _backups.Add(backup.Key, backup.Value));
            Unproven.Clear();
            Unproven.UnionWith(unproven);
        };
    }

    /// <summary>What was open has been looked at: from now on it is there or it is not.</summary>
    public void Settle()
    {
        _begun.Clear();
        _going.Clear();
        _moving.Clear();
    }
}
