using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Newtonsoft.Json;

namespace Grap.Servers.Installations;

/// <summary>A process told apart from a later one with the same id.</summary>
internal sealed record ProcessIdentity(int Id, DateTimeOffset StartedAt)
{
    // The system tells start times relative to its boot, and .NET adds them to a clock that is adjusted meanwhile.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    public static ProcessIdentity Of(Process process) => new(process.Id, new DateTimeOffset(process.StartTime));

    /// <summary>The process if it still runs; null otherwise. The caller disposes it.</summary>
    public Process? Find()
    {
        Process process;
        try
        {
            process = Process.GetProcessById(Id);
        }
        catch (ArgumentException)
        {
            return null; // .NET's way to say that no process has this id
        }

        try
        {
            if (!process.HasExited && (Of(process).StartedAt - StartedAt).Duration() < ClockTolerance)
                return process;
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Ended between the two questions, or another user's: not the one that was started here.
        }
        process.Dispose();
        return null;
    }
}

/// <summary>What the file <c>server.json</c> of a server's folder says.</summary>
internal sealed record ServerMarker
{
    [JsonProperty(Required = Required.Always)]
    public required ProcessIdentity Owner { get; init; }
    public ProcessIdentity? Server { get; init; }
    public bool KeepFolder { get; init; }
    public string? KeptUri { get; init; }
    // The folder is private to the user, and holds the database that the password is for.
    public string? KeptPassword { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// The folder of one local server: its configuration, logs, and, unless it lies elsewhere, its data. A marker in it
/// says who owns it, and a lock lives as long as the owner, so that what a killed owner left behind can be told from
/// what is in use.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    private const string MarkerName = "server.json";
    private const string LockName = "owner.lock";
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromMinutes(1);
    private readonly FileStream _ownerLock;
    private ServerMarker _marker;

    private ServerFolder(string path, FileStream ownerLock, ServerMarker marker)
    {
        Path = path;
        _ownerLock = ownerLock;
        _marker = marker;
        WriteMarker();
    }

    public string Path { get; }

    public string Configuration => System.IO.Path.Combine(Path, "conf");

    public string Data => System.IO.Path.Combine(Path, "data");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>A folder that is used when none is named: each user's own, on a real disk.</summary>
    public static string DefaultParent()
    {
        var data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return System.IO.Path.Combine(data, "grap", "servers");
    }

    public static ServerFolder Create(string parent, bool keep, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture,
            $"{now:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), name);
        CreatePrivate(path);
        using var self = Process.GetCurrentProcess();
        var marker = new ServerMarker { Owner = ProcessIdentity.Of(self), KeepFolder = keep, CreatedAt = now };
        var ownerLock = new FileStream(
            System.IO.Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        return new ServerFolder(path, ownerLock, marker);
    }

    /// <summary>Takes over a folder that was kept and whose owner is gone, and ends what may still run in it. The databases
    /// in it stay; the users and passwords of its server, which nobody knows any more, do not.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.DataFolderInUse"/>: somebody works on it.</exception>
    public static ServerFolder Adopt(string path, TimeProvider time)
    {
        RemoveLeftovers(System.IO.Path.GetDirectoryName(path)!);
        FileStream ownerLock;
        try
        {
            ownerLock = new FileStream(
                System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (Directory.Exists(path))
        {
            throw new GrapException(GrapCondition.DataFolderInUse,
                $"A server of a process that runs uses the folder '{path}'.", "End that process first.", path, held);
        }
        using var self = Process.GetCurrentProcess();
        var marker = new ServerMarker
        {
            Owner = ProcessIdentity.Of(self), KeepFolder = true, CreatedAt = time.GetUtcNow(),
        };
        var folder = new ServerFolder(path, ownerLock, marker);
        foreach (var kind in (string[])["databases", "transactions"])
        {
            var system = System.IO.Path.Combine(folder.Data, kind, "system");
            if (Directory.Exists(system))
                Directory.Delete(system, recursive: true);
        }
        return folder;
    }

    public void Started(ProcessIdentity server)
    {
        _marker = _marker with { Server = server };
        WriteMarker();
    }

    /// <summary>Says that the server lives on without an owner, and how to reach it.</summary>
    public void Keep(string uri, string password)
    {
        _marker = _marker with { KeptUri = uri, KeptPassword = password };
        WriteMarker();
    }

    /// <summary>Ends the ownership; removes the folder unless it is to be kept.</summary>
    public void Dispose()
    {
        _ownerLock.Dispose();
        if (_marker.KeptUri is not null)
            return;
        if (!_marker.KeepFolder)
            Directory.Delete(Path, recursive: true);
        else
            File.Delete(System.IO.Path.Combine(Path, MarkerName));
    }

    /// <summary>
    /// Ends servers that have no owner any more, and removes their folders. Only folders with a marker are touched.
    /// Safe to run at any time, by several processes at once.
    /// </summary>
    /// <returns>The folders that were cleaned up.</returns>
    public static IReadOnlyList<string> RemoveLeftovers(string parent)
    {
        if (!Directory.Exists(parent))
            return [];
        var removed = new List<string>();
        foreach (var path in Directory.EnumerateDirectories(parent))
        {
            if (ReadMarker(path) is not { } marker || IsOwned(path, marker))
                continue;
            using (var server = marker.Server?.Find())
            {
                server?.Kill(entireProcessTree: true);
                server?.WaitForExit();
            }
            if (marker.KeepFolder)
                File.Delete(System.IO.Path.Combine(path, MarkerName));
            else
                DeleteUnlessGone(path);
            removed.Add(path);
        }
        return removed;
    }

    /// <summary>The server in <paramref name="parent"/> that lives without an owner on purpose; null where there is
    /// none.</summary>
    public static KeptServer? FindKept(string parent)
    {
        foreach (var marker in KeptIn(parent))
        {
            using var server = marker.Server!.Find();
            if (server is not null)
                return new KeptServer(marker.KeptUri!, LocalServer.User, marker.KeptPassword!);
        }
        return null;
    }

    /// <summary>Stops that server in peace; kills it where that takes too long.</summary>
    public static async Task StopKeptAsync(string parent, CancellationToken cancellation)
    {
        foreach (var marker in KeptIn(parent))
        {
            using var server = marker.Server!.Find();
            if (server is null)
                continue;
            ServerProcess.RequestStop(server);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(s_stopLimit);
            try
            {
                await server.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                server.Kill(entireProcessTree: true);
                await server.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether a living owner has a server's folder in <paramref name="parent"/>.</summary>
    public static bool IsInUse(string parent) => Directory.EnumerateDirectories(parent)
        .Any(static path => ReadMarker(path) is { } marker && IsOwned(path, marker));

    /// <summary>The servers in <paramref name="parent"/> that were started, whether they still run or not.</summary>
    public static IEnumerable<ProcessIdentity> ServersIn(string parent) =>
        Directory.EnumerateDirectories(parent).Select(ReadMarker).Select(static marker => marker?.Server)
            .OfType<ProcessIdentity>();

    private static IEnumerable<ServerMarker> KeptIn(string parent) =>
        Directory.EnumerateDirectories(parent).Select(ReadMarker).OfType<ServerMarker>()
            .Where(static marker => marker is { KeptUri: not null, Server: not null });

    private static void DeleteUnlessGone(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another process cleaned up at the same moment.
        }
    }

    // Two signs of life, since each has a blind spot: some file systems know no locks, and a clock that jumps changes
    // start times.
    private static bool IsOwned(string path, ServerMarker marker)
    {
        if (marker.KeptUri is not null)
            return false;
        using var owner = marker.Owner.Find();
        return owner is not null || IsLocked(System.IO.Path.Combine(path, LockName));
    }

    private static bool IsLocked(string file)
    {
        try
        {
            using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static ServerMarker? ReadMarker(string folder)
    {
        var file = System.IO.Path.Combine(folder, MarkerName);
        try
        {
            return File.Exists(file) ? JsonConvert.DeserializeObject<ServerMarker>(File.ReadAllText(file)) : null;
        }
        catch (Exception foreign) when (foreign is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // not written by Grap, or removed just now: nothing of ours to clean up
        }
    }

    // Replaced in one step: a reader sees the old text or the new one.
    private void WriteMarker()
    {
        var file = System.IO.Path.Combine(Path, MarkerName);
        File.WriteAllText(file + ".new", JsonConvert.SerializeObject(_marker, Formatting.Indented));
        File.Move(file + ".new", file, overwrite: true);
    }

    // What is in here may be a copy of production.
    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path); // inherits the access list of the user's own folders
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
