using System.Globalization;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>
/// What was sent and what was acknowledged, outside of the database, in the order in which it happened: every note has
/// a place, one higher than the note before it. The test's own process does not die, so the file, one note a line, is
/// there to be read afterwards and is not synced.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file;
    private readonly List<long>[] _sent;
    private readonly List<long>[] _acknowledged;
    private long _place;

    /// <summary>Begins a ledger for writers 0 to <paramref name="writers"/> - 1.</summary>
    public Ledger(string file, int writers)
    {
        _file = new StreamWriter(file);
        _sent = [.. Enumerable.Range(0, writers).Select(static _ => new List<long>())];
        _acknowledged = [.. Enumerable.Range(0, writers).Select(static _ => new List<long>())];
    }

    /// <summary>The place of the newest note.</summary>
    public long Now => Interlocked.Read(ref _place);

    /// <summary>Notes that a writer is about to send a transaction. Sent once more after a failure, it keeps its first
    /// place.</summary>
    public void Send(int writer, long number) => Note("send", _sent, writer, number);

    /// <summary>Notes that a transaction was acknowledged, or found in the database when the server was back.</summary>
    public void Acknowledge(int writer, long number) => Note("done", _acknowledged, writer, number);

    /// <summary>How many transactions of a writer were acknowledged at a place.</summary>
    public long AcknowledgedAt(int writer, long place) => CountAt(_acknowledged[writer], place);

    /// <summary>How many transactions of a writer had been sent at a place.</summary>
    public long SentAt(int writer, long place) => CountAt(_sent[writer], place);

    /// <summary>The place at which a transaction was sent; 0 for the state before the first.</summary>
    public long PlaceOfSending(int writer, long number)
    {
        lock (_lock)
            return number == 0 ? 0 : _sent[writer][(int)number - 1];
    }

    /// <summary>Writes a mark into the file: a copy that began, a server that was killed.</summary>
    public void Mark(string what)
    {
        lock (_lock)
            Write($"mark {what}");
    }

    /// <summary>Writes out what is not in the file yet.</summary>
    public void Flush()
    {
        lock (_lock)
            _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private void Note(string word, List<long>[] notes, int writer, long number)
    {
        lock (_lock)
        {
            if (number <= notes[writer].Count)
                return;
            Interlocked.Increment(ref _place);
            notes[writer].Add(_place);
            Write(string.Create(CultureInfo.InvariantCulture, $"{_place} {word} {writer} {number}"));
        }
    }

    private void Write(string note) =>
        _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {note}"));

    private long CountAt(List<long> places, long place)
    {
        lock (_lock)
        {
            var found = places.BinarySearch(place);
            return found >= 0 ? found + 1 : ~found;
        }
    }
}
