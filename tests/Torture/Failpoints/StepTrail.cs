using System.Diagnostics;

namespace Grap.Tests.Torture.Failpoints;

/// <summary>
/// The steps that a process goes through: each is noted for whoever finds the process dead, and may be a failpoint.
/// Steps are named after what they are for and what is done to what: <c>publish: rename summary</c>.
/// </summary>
internal sealed class StepTrail(StepNote note, Action<string> hold)
{
    /// <summary>The step between the files of an archive being read from the server.</summary>
    public const string ReadingGraph = "take: read graph";

    /// <summary>The same where it is a copy of the server's files.</summary>
    public const string CopyingFiles = "take: copy files";

    private const string Locking = "lock";
    private const string Recovering = "recover";
    private const string Taking = "take";
    private const string Publishing = "publish";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _reached = new(StringComparer.Ordinal);
    private readonly List<(string Step, bool CanBeHalf)> _order = [];
    private string _operation = "";
    private string _phase = "";
    private Failpoint? _failpoint;

    /// <summary>The steps of the operation, in the order in which they were first come to.</summary>
    public IReadOnlyList<(string Step, bool CanBeHalf)> Order
    {
        get
        {
            lock (_gate)
                return [.. _order];
        }
    }

    /// <summary>Begins an operation: take, remove, list, recover. It opens the repository first.</summary>
    public void Begin(string operation)
    {
        lock (_gate)
        {
            _operation = operation;
            _phase = "open";
            _reached.Clear();
            _order.Clear();
        }
    }

    /// <summary>The repository is open; what writes takes the lock now.</summary>
    public void IsOpen(bool takesLock) => _phase = takesLock ? Locking : _operation;

    /// <summary>Sets the failpoint for the operations that follow; null for none.</summary>
    public void Arm(Failpoint? failpoint) => _failpoint = failpoint;

    /// <summary>Does one thing to a file, as a step of its own.</summary>
    public T Do<T>(string verb, string thing, Func<T> call) => Do(Name(verb, thing), call);

    /// <summary>A step that is no call, but goes on until the next.</summary>
    public void Pass(string step) => Do(step, static () => true);

    /// <summary>Appends bytes, which may be cut off in the middle.</summary>
    public void Append(string verb, string thing, int length, Action whole, Action half)
    {
        var step = Name(verb, thing);
        if (Reach(step, canBeHalf: length > 1) == FailpointAction.KillHalfway)
        {
            half();
            Die();
        }
        whole();
        note.Write(step, within: false);
    }

    /// <summary>The lock is ours: what follows is cleaning up after others, until we look at the lock again.</summary>
    public void LockIsHeld()
    {
        if (_phase == Locking)
            _phase = Recovering;
    }

    private T Do<T>(string step, Func<T> call)
    {
        Reach(step, canBeHalf: false);
        var result = call();
        note.Write(step, within: false);
        return result;
    }

    private string Name(string verb, string thing)
    {
        lock (_gate)
        {
            // A promotion takes and lets go of the lock again and again; a recovery has one of its own.
            if (_operation is Processes.ChildWord.Promote or Processes.ChildWord.Undo or Processes.ChildWord.Restore)
                return $"{_operation}: {verb} {thing}";
            if (_phase == Recovering && thing == ThingName.Lock)
                _phase = verb == "delete" ? "unlock" : _operation;
            // Whichever of the two comes first: they are done at once.
            else if (_phase == Taking && verb is "read" or "sync" && thing == ThingName.TemporaryArchive)
                _phase = Publishing;
            else if (verb == "delete" && thing == ThingName.Lock && _phase != Locking)
                _phase = "unlock";
            return $"{_phase}: {verb} {thing}";
        }
    }

    private FailpointAction? Reach(string step, bool canBeHalf)
    {
        note.Write(step, within: true);
        int times;
        lock (_gate)
        {
            times = _reached.GetValueOrDefault(step) + 1;
            _reached[step] = times;
            if (times == 1)
                _order.Add((step, canBeHalf));
        }
        if (_failpoint is not { } failpoint || failpoint.Step != step || failpoint.Occurrence != times)
            return null;
        if (failpoint.Action == FailpointAction.Kill)
            Die();
        if (failpoint.Action == FailpointAction.Hold)
            hold(step);
        return failpoint.Action;
    }

    /// <summary>SIGKILL, or what the system has for it: nothing of this process runs any more.</summary>
    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
