using System.Globalization;

namespace Grap.Repositories;

/// <summary>
/// Append-only, hash-chained: one line of JSON per entry in <c>journal.jsonl</c> (docs/repository.md). Several
/// processes may append at once, with or without the repository's lock. Safe for use by several threads.
/// </summary>
public sealed class Journal
{
    /// <summary>The operation of an entry that keeps what a crash had left of another.</summary>
    internal const string Repaired = "JournalRepaired";

    /// <summary>Of a torn line that much is kept: more than any entry has.</summary>
    private const int KeptOfTornLine = 64 << 10;

    /// <summary>An append takes milliseconds; who waits this long waits for a stopped process.</summary>
    private static readonly TimeSpan AppendPatience = TimeSpan.FromSeconds(30);

    private readonly RepositoryPlace _place;
    private readonly string _path;
    private readonly object _gate = new();
    private JournalChain? _chain;
    // Null while only the journal's end has been looked at.
    private JournalState? _state;

    internal Journal(RepositoryPlace place)
    {
        _place = place;
        _path = place.PathOf(RepositoryLayout.Journal);
    }

    /// <summary>Hash of the newest entry, hexadecimal; null for an empty journal. Only the journal's end is read, or
    /// what was appended since the last look. Throws JournalCorrupt.</summary>
    public string? Head
    {
        get
        {
            lock (_gate)
            {
                Refresh(out var chain);
                return chain.Sequence == 0 ? null : chain.Head;
            }
        }
    }

    /// <summary>Appends an entry and syncs it. Sequence, and time and actor where they are left out, are filled in. A
    /// last line that a crash cut off is replaced by an entry that keeps what there was of it. The entry follows the
    /// journal's last one, which must be whole; what comes before that is not read. Throws JournalCorrupt.</summary>
    public void Append(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        AppendAll([entry]);
    }

    /// <summary>All entries, oldest first. The whole chain is read and checked before the first is returned; throws
    /// JournalCorrupt, naming the line. An entry that a crash cut off was never acknowledged and is not
    /// returned.</summary>
    public IEnumerable<JournalEntry> Read()
    {
        var entries = new List<JournalEntry>();
        ReadFrom(static (_, path) => new JournalChain(path), entries.Add);
        return entries;
    }

    /// <summary>Hands out entry after entry as far as the chain holds, oldest first; throws JournalCorrupt where it
    /// breaks.</summary>
    internal void Read(Action<JournalEntry> each) => ReadFrom(static (_, path) => new JournalChain(path), each);

    /// <summary>The entries behind the one of this number and hash, oldest first; null where the journal has no such
    /// entry. They are checked to follow it; what comes before is not read. Throws JournalCorrupt.</summary>
    internal IReadOnlyList<JournalEntry>? ReadAfter(long sequence, string hash)
    {
        var entries = new List<JournalEntry>();
        ReadFrom((file, path) => JournalChain.NearEnd(file, path, sequence), entries.Add);
        var known = entries.FindIndex(entry => entry.Sequence == sequence && entry.Hash == hash);
        return known < 0 ? null : entries[(known + 1)..];
    }

    /// <summary>Appends several entries with one sync: all of them or, in a crash, the first few. Otherwise as
    /// <see cref="Append"/>.</summary>
    public void AppendAll(IReadOnlyList<JournalEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (_gate)
        {
            using var held = LockFile.Acquire(
                _place, RepositoryLayout.JournalLock, "journal", AppendPatience, heartbeat: false,
                CancellationToken.None);
            var torn = Refresh(out var chain);
            var pending = torn.Length == 0 ? entries : [KeepTorn(torn), .. entries];
            var lines = Lines(chain, pending);
            if (!held.IsHeld())
                throw new GrapException(GrapCondition.LockLost,
                    $"The lock of journal '{_path}' was taken over by another run.",
                    "Run the command again. If it happens again, find what suspends this machine for over a minute.",
                    _path);
            if (torn.Length == 0)
                AppendLines(lines);
            else
                Rewrite(chain, lines);
            chain.Advance(lines, Apply);
        }
    }

    /// <summary>What the journal says of backups, as of now.</summary>
    internal JournalState State()
    {
        lock (_gate)
        {
            // What was seen before must still be there, though it is read again.
            if (_chain is not null)
                Refresh(out _);
            if (_state is null)
                (_chain, _state) = (new JournalChain(_path), new JournalState());
            Refresh(out _);
            return _state.Snapshot();
        }
    }

    /// <summary>Removes what a crashed repair or append left, and claims on locks of the past.</summary>
    internal void RemoveLeftovers(IEnumerable<string> names)
    {
        using var held = LockFile.Acquire(
            _place, RepositoryLayout.JournalLock, "journal", AppendPatience, heartbeat: false, CancellationToken.None);
        // The lock of a dead append was taken over just now; ours goes by itself.
        foreach (var name in names.Where(RepositoryLayout.IsJournalLeftover)
            .Where(name => !name.Contains(held.Token, StringComparison.Ordinal)))
            _place.Files.Delete(_place.PathOf(name));
    }

    private void Apply(JournalEntry entry) => _state?.Apply(entry);

    private void ReadFrom(Func<IReadableFile, string, JournalChain> begin, Action<JournalEntry> each)
    {
        using var file = _place.Files.OpenRead(_path);
        if (file is null)
            return;
        var chain = begin(file, _path);
        chain.Advance(RepositoryPlace.ReadAll(file, _path, Array.MaxLength, chain.Length), each);
    }

    /// <summary>Reads and checks what was appended since the last look; at the first look the journal's end. Returns
    /// the bytes of an entry that is not whole.</summary>
    private byte[] Refresh(out JournalChain chain)
    {
        using var file = _place.Files.OpenRead(_path);
        chain = _chain ??= file is null ? new JournalChain(_path) : JournalChain.NearEnd(file, _path);
        if (file is null && chain.Length == 0)
            return [];
        if (file is null || file.Length < chain.Length)
            throw chain.Corrupt(chain.Sequence, "it is gone; the file was cut short since it was last read");
        var bytes = RepositoryPlace.ReadAll(file, _path, Array.MaxLength, chain.Length);
        var torn = chain.Advance(bytes, Apply);
        return bytes[^torn..];
    }

    private byte[] Lines(JournalChain chain, IReadOnlyList<JournalEntry> entries)
    {
        var lines = new MemoryStream();
        lines.Write(chain.BeforeNext);
        var previous = chain.Head;
        for (var i = 0; i < entries.Count; i++)
        {
            var line = JournalLine.Write(Complete(entries[i], chain.Sequence + 1 + i), previous);
            previous = JournalLine.HashOf(line);
            lines.Write(line);
        }
        return lines.ToArray();
    }

    private JournalEntry Complete(JournalEntry entry, long sequence) => entry with
    {
        Sequence = sequence,
        Timestamp = entry.Timestamp == default ? _place.Time.GetUtcNow() : entry.Timestamp,
        Actor = entry.Actor.Length == 0 ? _place.Actor : entry.Actor,
    };

    private void AppendLines(byte[] lines)
    {
        var existing = _place.Files.OpenAppend(_path);
        using var file = existing ?? _place.Files.CreateNew(_path) ?? throw RepositoryPlace.Taken(_path);
        file.Append(lines);
        file.Sync();
        if (existing is null)
            _place.Files.SyncFolder(_place.Folder);
    }

    /// <summary>Puts a file in the journal's place that has the same checked beginning and goes on with
    /// <paramref name="lines"/>.</summary>
    private void Rewrite(JournalChain chain, byte[] lines)
    {
        byte[] beginning;
        using (var file = _place.Files.OpenRead(_path))
            beginning = RepositoryPlace.ReadAll(file!, _path, Array.MaxLength)[..(int)chain.Length];
        var temporary = _place.WriteTemporary(RepositoryLayout.Journal, [.. beginning, .. lines]);
        _place.Files.Rename(temporary, _path);
        _place.Files.SyncFolder(_place.Folder);
    }

    private static JournalEntry KeepTorn(byte[] torn) => new()
    {
        Operation = Repaired,
        EntityType = "repository",
        Details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tornBytes"] = torn.Length.ToString(CultureInfo.InvariantCulture),
            ["tornLine"] = Convert.ToBase64String(torn, 0, Math.Min(torn.Length, KeptOfTornLine)),
        },
    };
}
