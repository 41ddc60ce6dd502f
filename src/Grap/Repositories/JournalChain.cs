using System.Globalization;

namespace Grap.Repositories;

/// <summary>The checked part of a journal: where it ends, and the hash that the next entry must follow. It begins with
/// the first entry, or with a later one that is taken as it is.</summary>
internal sealed class JournalChain
{
    // Some twenty entries: whoever looks at a journal's end mostly wants the last one or few.
    private const int FirstLook = 8 << 10;

    private readonly string _path;
    private bool _lineIsOpen;

    /// <summary>A chain that begins with the journal's first entry.</summary>
    public JournalChain(string path) => _path = path;

    /// <summary>Where the checked part ends in the file.</summary>
    public long Length { get; private set; }

    /// <summary>Number of the last entry.</summary>
    public long Sequence { get; private set; }

    /// <summary>Hash of the last entry.</summary>
    public string Head { get; private set; } = JournalLine.NoPrevious;

    /// <summary>What must be written before the next entry: the last one's line end, if a crash kept it from being
    /// written.</summary>
    public ReadOnlySpan<byte> BeforeNext => _lineIsOpen ? "\n"u8 : [];

    /// <summary>A chain that stands before an entry close to the journal's end, at the latest before the one of number
    /// <paramref name="next"/> (the last, where that is not given). What comes before is not looked at: checking the
    /// 35 MB of 100,000 entries takes a second, which one more entry must not cost. A journal whose end is not
    /// understood is begun from its first entry, so that what is wrong with it is found.</summary>
    public static JournalChain NearEnd(IReadableFile file, string path, long next = long.MaxValue)
    {
        for (long look = FirstLook; look < file.Length; look *= 8)
        {
            // Asked for once: another process may append meanwhile.
            var from = file.Length - look;
            var bytes = RepositoryPlace.ReadAll(file, path, Array.MaxLength, from);
            var start = bytes.AsSpan().IndexOf((byte)'\n') + 1;
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (start > 0 && length > 0
                && JournalLine.TryReadAlone(bytes.AsSpan(start, length), out var entry, out var previous, out _)
                && previous is not null && entry.Sequence <= next)
                return new JournalChain(path)
                {
                    Length = from + start,
                    Sequence = entry.Sequence - 1,
                    Head = previous,
                };
        }
        return new JournalChain(path);
    }

    /// <summary>Goes on with the bytes behind <see cref="Length"/>. Returns how many at the end belong to an entry that
    /// was not written to its end: a crash cut it off, or another process is writing it right now. Throws
    /// JournalCorrupt for anything else.</summary>
    public int Advance(ReadOnlySpan<byte> bytes, Action<JournalEntry> each)
    {
        if (_lineIsOpen && !bytes.IsEmpty)
        {
            if (bytes[0] != '\n')
                throw Corrupt(Sequence, "something other than a line end follows it");
            bytes = bytes[1..];
            Length++;
            _lineIsOpen = false;
        }
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            if (!JournalLine.TryRead(bytes[..end], Head, Sequence + 1, out var entry, out var hash, out var problem))
                throw Corrupt(Sequence + 1, problem);
            Accept(entry, hash, end + 1, each);
            bytes = bytes[(end + 1)..];
        }
        if (JournalLine.TryRead(bytes, Head, Sequence + 1, out var last, out var lastHash, out _))
        {
            Accept(last, lastHash, bytes.Length, each);
            _lineIsOpen = true;
            return 0;
        }
        RefuseMoreThanALine(bytes);
        return bytes.Length;
    }

    private void Accept(JournalEntry entry, string hash, int length, Action<JournalEntry> each)
    {
        each(entry);
        Head = hash;
        Sequence++;
        Length += length;
    }

    /// <summary>A line cut off by a crash is shorter than it was to be. A whole entry with anything but a line end
    /// behind it was changed later.</summary>
    private void RefuseMoreThanALine(ReadOnlySpan<byte> tail)
    {
        for (var end = 0; end < tail.Length - 1; end++)
        {
            if (tail[end] == '"' && tail[end + 1] == '}'
                && JournalLine.TryRead(tail[..(end + 2)], Head, Sequence + 1, out _, out _, out _))
                throw Corrupt(Sequence + 1, "something other than a line end follows it");
        }
    }

    public GrapException Corrupt(long line, string problem) => new(GrapCondition.JournalCorrupt,
        string.Create(
            CultureInfo.InvariantCulture, $"Line {line} of the journal '{_path}' is not what was written: {problem}."),
        "Find out who changed the file, and restore it from a copy. To go on without its history "
        + "(audit, proofs, pins), move it away; a new journal is begun. The backups themselves are not affected.",
        _path);
}
