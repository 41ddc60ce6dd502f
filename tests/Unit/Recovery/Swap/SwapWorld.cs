using Grap.Recovery.Promotion.Swap;
using Grap.Servers.Control;

namespace Grap.Tests.Unit.Recovery.Swap;

/// <summary>The process was killed, or the power went: nothing happens any more. Not an exception that Grap
/// knows.</summary>
internal sealed class Killed : Exception;

/// <summary>
/// A server, its folders and a journal, in memory. Everything that happens to them is counted, and can fail or be the
/// last thing that happens. Watches what must never happen: a live folder that is renamed while the server runs on it,
/// a server that is started on folders of two stores.
/// </summary>
internal sealed class SwapWorld : IDataFolders, IServerControl, IServerPresence
{
    public const string Old = "old";
    public const string New = "new";

    public static IReadOnlyList<SwapFolder> Folders { get; } =
    [
        new("/logs/neo4j", "/logs/neo4j_new", "/logs/neo4j_old"),
        new("/stores/neo4j", "/stores/neo4j_new", "/stores/neo4j_old"),
    ];

    private readonly SortedDictionary<string, string> _folders = new(StringComparer.Ordinal);
    private readonly List<(string From, string To)> _unsynced = [];

    public SwapWorld()
    {
        foreach (var folder in Folders)
            _folders[folder.Live] = Old;
        RunsOn = Old;
    }

    /// <summary>What the server runs on; null while it is down.</summary>
    public string? RunsOn { get; private set; }

    /// <summary>The steps of the journal.</summary>
    public List<string> Journal { get; } = [];

    /// <summary>Everything that happened, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What must never happen, and did.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>The call that fails, from 1.</summary>
    public int? FailsAt { get; set; }

    /// <summary>Whether all calls after it fail too.</summary>
    public bool StaysBroken { get; set; }

    /// <summary>The call before which the process dies, from 1.</summary>
    public int? KilledAt { get; set; }

    /// <summary>Called before each call.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>What the server refuses to run on.</summary>
    public string? Unsound { get; set; }

    public string Description => "the world";

    public bool StartsAsThisUser => true;

    /// <summary>What is in a folder; null where there is none.</summary>
    public string? this[string folder] => _folders.GetValueOrDefault(folder);

    /// <summary>What both live folders hold; null where they do not hold one thing.</summary>
    public string? Live => Folders.Select(folder => this[folder.Live]).Distinct().ToArray() is [var one] ? one : null;

    /// <summary>How many folders hold something.</summary>
    public int Holding(string content) => _folders.Values.Count(each => each == content);

    /// <summary>The process that was killed, or failed, is followed by another one.</summary>
    /// <param name="powerFailed">Whether the machine went down with it: what was not synced is lost, and the server is
    /// down.</param>
    public void GoOn(bool powerFailed = false)
    {
        (FailsAt, StaysBroken, KilledAt, Before) = (null, false, null, null);
        if (powerFailed)
        {
            foreach (var (from, to) in Enumerable.Reverse(_unsynced))
            {
                if (_folders.Remove(to, out var content))
                    _folders[from] = content;
            }
            RunsOn = null;
            _unsynced.Clear();
        }
        Calls.Clear();
    }

    public void Begin(string step)
    {
        Call($"journal {step}", () => new GrapException(GrapCondition.RepositoryFailed, "Simulated.", ""));
        Journal.Add(step);
    }

    public IReadOnlyList<string> RolledBack()
    {
        Call("journal rolled back", () => new GrapException(GrapCondition.RepositoryFailed, "Simulated.", ""));
        Journal.Clear();
        foreach (var folder in Folders)
        {
            _folders.Remove(folder.Incoming);
            _folders.Remove(Copying(folder));
        }
        return [];
    }

    public void CopyNew(CancellationToken cancellation)
    {
        foreach (var folder in Folders)
        {
            if (Exists(folder.Incoming))
                continue;
            Delete(Copying(folder));
            Copy("", Copying(folder), folder.Live, _ => { }, cancellation);
            Rename(Copying(folder), folder.Incoming);
        }
    }

    public bool Exists(string folder) => _folders.ContainsKey(folder);

    public void Rename(string from, string to)
    {
        Call($"rename {from} {to}", Broken);
        var isLive = Folders.Any(folder => folder.Live == from || folder.Live == to);
        if (isLive && RunsOn is not null)
            Violations.Add($"'{from}' is renamed while the server runs.");
        if (isLive && _unsynced.Count > 0)
            Violations.Add($"'{from}' is renamed before the rename before it is on the disk.");
        if (_folders.ContainsKey(to))
            Violations.Add($"'{to}' is overwritten.");
        _folders.Remove(from, out var content);
        _folders[to] = content!;
        _unsynced.Add((from, to));
    }

    public void SyncNames(string folder)
    {
        Call($"sync {folder}", Broken);
        _unsynced.RemoveAll(rename => Path.GetDirectoryName(rename.To) == folder);
    }

    public void Create(string folder) => _folders[folder] = "";

    public void Copy(string from, string to, string like, Action<long> copied, CancellationToken cancellation)
    {
        Call($"copy {to}", Broken);
        cancellation.ThrowIfCancellationRequested();
        _folders[to] = New;
    }

    public void Delete(string folder) => _folders.Remove(folder);

    public Task StopAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Call("stop", () => new GrapException(GrapCondition.ServerControlFailed, "Simulated.", ""));
        RunsOn = null;
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Call("start", () => new GrapException(GrapCondition.ServerControlFailed, "Simulated.", ""));
        if (_unsynced.Count > 0)
            Violations.Add("The server is started before a rename is on the disk.");
        if (Live is null)
            Violations.Add("The server is started on folders of two stores.");
        RunsOn = Live == Unsound ? "nothing" : Live;
        return Task.CompletedTask;
    }

    public Task<string?> FindTraceAsync(CancellationToken cancellation) =>
        Task.FromResult(RunsOn is null ? null : "It runs.");

    public Task<string?> FindObstacleAsync(CancellationToken cancellation) =>
        Task.FromResult(RunsOn is Old or New ? null : "It does not answer.");

    public Task<SwapFinding> CheckAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Call("check", () => new GrapException(GrapCondition.PromotionFailed, "It holds something else.", ""));
        return Task.FromResult(new SwapFinding(RunsOn == New, []));
    }

    private static string Copying(SwapFolder folder) => folder.Incoming + "_copying";

    private static IOException Broken() => new("Simulated.", 5);

    private void Call(string what, Func<Exception> failure)
    {
        Before?.Invoke(what);
        Calls.Add(what);
        if (KilledAt <= Calls.Count)
            throw new Killed();
        if (Calls.Count == FailsAt || (StaysBroken && Calls.Count > FailsAt))
            throw failure();
    }
}
