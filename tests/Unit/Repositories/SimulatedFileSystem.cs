using Grap.Repositories;

namespace Grap.Tests.Unit.Repositories;

/// <summary>The power went: nothing happens any more, not even what a dying program would clean up. Not an exception
/// that Grap knows.</summary>
internal sealed class PowerFailure : Exception;

/// <summary>
/// Files in memory that behave as POSIX allows: bytes not synced and names not synced may or may not survive a power
/// failure, in any order. Counts calls, fails them, and leaves out syncs, one at a time.
/// </summary>
internal sealed class SimulatedFileSystem : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Folder> _folders = new(StringComparer.Ordinal) { ["/"] = new Folder() };

    /// <summary>Calls so far that change something, or could.</summary>
    public int Calls { get; private set; }

    /// <summary>What was called, in order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Syncs so far, of files and folders.</summary>
    public int Syncs { get; private set; }

    /// <summary>The power fails just before this call.</summary>
    public int? PowerFailsAt { get; set; }

    /// <summary>This call throws.</summary>
    public int? FailsAt { get; set; }

    /// <summary>What a failing call throws.</summary>
    public Func<Exception> Failure { get; set; } = () => new IOException("Simulated.", 5);

    /// <summary>Whether all calls after the failing one fail too.</summary>
    public bool StaysBroken { get; set; }

    /// <summary>What everything throws that changes anything, on a disk that may only be read; null for one that may be
    /// written.</summary>
    public Func<Exception>? Denial { get; set; }

    /// <summary>How many bytes each read gives of those that it could; all, if there is none.</summary>
    public Random? ShortReads { get; set; }

    /// <summary>This sync does nothing.</summary>
    public int? LeaveOutSync { get; set; }

    /// <summary>What others do just before a file is renamed; told its path.</summary>
    public Action<string>? BeforeRename { get; set; }

    /// <summary>Whether a call of the log changes anything.</summary>
    public static bool Writes(string call) => call.Split(' ')[0] is "create" or "append" or "rename" or "delete" or "sync" or "make";

    /// <summary>Which call the n-th sync was.</summary>
    public int CallOfSync(int number) =>
        Enumerable.Range(1, Log.Count).Where(call => Log[call - 1].StartsWith("sync", StringComparison.Ordinal)).ElementAt(number - 1);

    public bool PowerIsGone { get; private set; }

    public IWritableFile? CreateNew(string path)
    {
        lock (_gate)
        {
            Call("create", path);
            var folder = FolderOf(path);
            if (folder.Now.ContainsKey(NameOf(path)))
                return null;
            var node = new Node();
            folder.Change([(NameOf(path), node)]);
            return new OpenFile(this, path, node);
        }
    }

    public IReadableFile? OpenRead(string path)
    {
        lock (_gate)
        {
            Call("open", path);
            return Find(path) is { } node ? new OpenFile(this, path, node) : null;
        }
    }

    public IWritableFile? OpenAppend(string path) => (IWritableFile?)OpenRead(path);

    public void Rename(string from, string to)
    {
        BeforeRename?.Invoke(from);
        lock (_gate)
        {
            Call("rename", $"{from} {to}");
            var folder = FolderOf(from);
            var node = Find(from) ?? throw new FileNotFoundException(from);
            folder.Change([(NameOf(from), null), (NameOf(to), node)]);
        }
    }

    public bool Delete(string path)
    {
        lock (_gate)
        {
            Call("delete", path);
            if (Find(path) is null)
                return false;
            FolderOf(path).Change([(NameOf(path), null)]);
            return true;
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            Call("exists", path);
            return Find(path) is not null;
        }
    }

    public IReadOnlyList<FolderItem>? List(string folder)
    {
        lock (_gate)
        {
            Call("list", folder);
            return _folders.TryGetValue(folder, out var found)
                ? found.Now.Select(pair => new FolderItem(pair.Key, pair.Value is null, pair.Value?.Now.Length ?? 0, default)).ToList()
                : null;
        }
    }

    public void SyncFolder(string folder)
    {
        lock (_gate)
        {
            Call("sync folder", folder);
            if (++Syncs != LeaveOutSync)
                _folders[folder].Sync();
        }
    }

    public string? CreateFolder(string folder)
    {
        lock (_gate)
        {
            Call("make folder", folder);
            if (_folders.ContainsKey(folder))
                return null;
            _folders["/"].Change([(folder[1..], null)], isFolder: true);
            _folders[folder] = new Folder();
            return folder;
        }
    }

    public long FreeSpace(string folder) => long.MaxValue;

    /// <summary>The states that a power failure right now may leave: every unsynced change of names lost, all kept,
    /// each one alone kept, each one alone lost; with unsynced bytes lost, cut in half, or kept.</summary>
    public List<SimulatedFileSystem> AfterPowerFailure()
    {
        lock (_gate)
        {
            var pending = _folders.Sum(folder => folder.Value.Pending.Count);
            var choices = new List<Func<int, bool>> { _ => false, _ => true };
            for (var i = 0; i < pending && pending > 1; i++)
            {
                var chosen = i;
                choices.Add(number => number == chosen);
                choices.Add(number => number != chosen);
            }
            double[] shares = HasUnsyncedBytes() ? [0, 0.5, 1] : [1];
            return choices.SelectMany(keepsName => shares.Select(bytesKept => Survivor(keepsName, bytesKept))).ToList();
        }
    }

    /// <summary>The process died, the system goes on with everything it has not synced yet.</summary>
    public void GoOn()
    {
        PowerIsGone = false;
        PowerFailsAt = null;
        (Calls, Syncs) = (0, 0);
        Log.Clear();
    }

    /// <summary>The state after the process died and the system went on: nothing is lost.</summary>
    public SimulatedFileSystem AfterKill() => Survivor(_ => true, 1);

    /// <summary>These files as another machine sees them over a network share that keeps what is written until it is
    /// synced: names at once, of a file what has been synced.</summary>
    public IFileSystem FromAfar() => new Share(this);

    /// <summary>Every file's bytes.</summary>
    public Dictionary<string, byte[]> Files(string folder) =>
        _folders[folder].Now.Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value!.Now, StringComparer.Ordinal);

    private bool HasUnsyncedBytes() => _folders.Values
        .SelectMany(folder => folder.Now.Values.Concat(folder.Pending.SelectMany(change => change).Select(name => name.Node)))
        .Any(node => node is not null && node.Now.Length > node.Synced.Length);

    private SimulatedFileSystem Survivor(Func<int, bool> keepsName, double bytesKept)
    {
        var survivor = new SimulatedFileSystem();
        var copies = new Dictionary<Node, Node>();
        var number = 0;
        foreach (var (path, folder) in _folders.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var names = new Dictionary<string, Node?>(folder.Synced, StringComparer.Ordinal);
            foreach (var change in folder.Pending)
            {
                if (keepsName(number++))
                    Folder.Apply(change, names);
            }
            if (path != "/" && !survivor._folders["/"].Now.ContainsKey(path[1..]))
                continue;
            survivor._folders[path] = new Folder(names.ToDictionary(
                pair => pair.Key, pair => pair.Value is null ? null : Copy(pair.Value, bytesKept, copies), StringComparer.Ordinal));
        }
        return survivor;
    }

    private static Node Copy(Node node, double bytesKept, Dictionary<Node, Node> copies)
    {
        if (copies.TryGetValue(node, out var copy))
            return copy;
        var kept = node.Synced.Length + (int)((node.Now.Length - node.Synced.Length) * bytesKept);
        return copies[node] = new Node { Now = node.Now[..kept], Synced = node.Now[..kept] };
    }

    private void Call(string what, string path)
    {
        if (PowerIsGone)
            throw new PowerFailure();
        Calls++;
        Log.Add($"{what} {path}");
        if (Calls == PowerFailsAt)
        {
            PowerIsGone = true;
            throw new PowerFailure();
        }
        if (Denial is { } denial && Writes(Log[^1]))
            throw denial();
        if (Calls == FailsAt || (StaysBroken && Calls > FailsAt))
            throw Failure();
    }

    private Node? Find(string path) => FolderOf(path).Now.GetValueOrDefault(NameOf(path));

    private Folder FolderOf(string path) =>
        _folders.TryGetValue(Path.GetDirectoryName(path)!, out var folder) ? folder : new Folder();

    private static string NameOf(string path) => Path.GetFileName(path);

    private sealed class Node
    {
        public byte[] Now { get; set; } = [];
        public byte[] Synced { get; set; } = [];
    }

    private sealed class Folder
    {
        public Folder() { }

        public Folder(Dictionary<string, Node?> names) => (Now, Synced) = (names, new(names, StringComparer.Ordinal));

        /// <summary>Names as programs see them; a folder has no node.</summary>
        public Dictionary<string, Node?> Now { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Node?> Synced { get; private set; } = new(StringComparer.Ordinal);

        public List<(string Name, Node? Node, bool IsFolder)[]> Pending { get; } = [];

        public void Change((string Name, Node? Node)[] names, bool isFolder = false)
        {
            var change = names.Select(pair => (pair.Name, pair.Node, isFolder)).ToArray();
            Pending.Add(change);
            Apply(change, Now);
        }

        public void Sync()
        {
            Synced = new(Now, StringComparer.Ordinal);
            Pending.Clear();
        }

        public static void Apply((string Name, Node? Node, bool IsFolder)[] change, Dictionary<string, Node?> names)
        {
            // A rename whose file never reached the disk renames nothing.
            foreach (var (name, node, isFolder) in change)
            {
                if (node is null && !isFolder)
                    names.Remove(name);
                else
                    names[name] = node;
            }
        }
    }

    private sealed class Share(SimulatedFileSystem system) : IFileSystem
    {
        public IWritableFile? CreateNew(string path) => system.CreateNew(path);

        public IReadableFile? OpenRead(string path)
        {
            lock (system._gate)
                return system.OpenRead(path) is null ? null : new OpenFile(system, path, SeenOf(path));
        }

        public IWritableFile? OpenAppend(string path) => system.OpenAppend(path);

        public void Rename(string from, string to) => system.Rename(from, to);

        public bool Delete(string path) => system.Delete(path);

        public bool FileExists(string path) => system.FileExists(path);

        public IReadOnlyList<FolderItem>? List(string folder) => system.List(folder);

        public void SyncFolder(string folder) => system.SyncFolder(folder);

        public string? CreateFolder(string folder) => system.CreateFolder(folder);

        public long FreeSpace(string folder) => system.FreeSpace(folder);

        private Node SeenOf(string path)
        {
            var synced = system.Find(path)!.Synced;
            return new Node { Now = synced, Synced = synced };
        }
    }

    private sealed class OpenFile(SimulatedFileSystem system, string path, Node node) : IWritableFile
    {
        public long Length
        {
            get
            {
                lock (system._gate)
                    return node.Now.Length;
            }
        }

        public int ReadAt(long offset, Span<byte> destination)
        {
            lock (system._gate)
            {
                system.Call("read", path);
                var length = (int)Math.Max(0, Math.Min(destination.Length, node.Now.Length - offset));
                if (length > 1 && system.ShortReads is { } random)
                    length = random.Next(1, length + 1);
                node.Now.AsSpan((int)Math.Min(offset, node.Now.Length), length).CopyTo(destination);
                return length;
            }
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            lock (system._gate)
            {
                var half = bytes[..(bytes.Length / 2)];
                try
                {
                    system.Call("append", path);
                }
                catch (Exception error) when (error is not PowerFailure)
                {
                    // A disk that is full, or a failing one, takes some of it.
                    node.Now = [.. node.Now, .. half];
                    throw;
                }
                node.Now = [.. node.Now, .. bytes];
            }
        }

        public void Sync()
        {
            lock (system._gate)
            {
                system.Call("sync", path);
                if (++system.Syncs != system.LeaveOutSync)
                    node.Synced = node.Now;
            }
        }

        public void Dispose() { }
    }
}
