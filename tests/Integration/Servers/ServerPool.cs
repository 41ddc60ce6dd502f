using System.Collections.Concurrent;
using Grap.Bolt;
using Grap.Lab;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Tests.Integration.Servers;

[assembly: AssemblyFixture(typeof(ServerPool))]

// A server that starts or stops uses half a core: with one thread for each of two cores one of them rested for half of the
// time.
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]

namespace Grap.Tests.Integration.Servers;

/// <summary>
/// The servers that tests share: one of each version, two of the one that most use, started when a test asks for it, emptied
/// before each use, stopped at the end. A test borrows one for itself: two tests never work on the same server at once.
/// </summary>
public sealed class ServerPool : IAsyncDisposable
{
    private static readonly string? s_named = Environment.GetEnvironmentVariable("GRAP_TEST_NEO4J_VERSION");

    /// <summary>The versions that everything is tested on: the operator guide's, the long-term release, the current
    /// one; or those that <c>GRAP_TEST_NEO4J_VERSION</c> names.</summary>
    public static TheoryData<string> Versions { get; } = new(
        s_named is { Length: > 0 } ? s_named.Split(',', StringSplitOptions.TrimEntries)
            : ["5.13.0", "5.26.30", "2026.08.1"]);

    /// <summary>The same for tests of what hardly depends on the version, or that start servers of their own and take
    /// most of a minute: the long-term release alone, unless <c>GRAP_TEST_FULL</c> says 1
    /// (<c>./build.sh Test -Full</c>) or versions are named.</summary>
    public static TheoryData<string> SlowVersions { get; } = IsFull || s_named is { Length: > 0 }
        ? Versions
        : new(LabServerOptions.DefaultVersion);

    /// <summary>The trait of tests that take minutes: they are run with <c>-Full</c> alone, or by name.</summary>
    public const string Run = "Run";

    /// <summary>See <see cref="Run"/>.</summary>
    public const string Full = "Full";

    /// <summary>Whether everything is to be run, however long it takes.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("GRAP_TEST_FULL") == "1";

    /// <summary>The password of all of them.</summary>
    public const string Password = "grap-integration";

    private readonly ConcurrentDictionary<string, Places> _places = new(StringComparer.Ordinal);

    /// <summary>Borrows a server with an empty database. Skips the test where none can be had.</summary>
    public async Task<BorrowedServer> BorrowAsync(string version, CancellationToken cancellation)
    {
        var places = _places.GetOrAdd(version, static version => new Places(version == LabServerOptions.DefaultVersion ? 2 : 1));
        var place = await places.TakeAsync(cancellation);
        try
        {
            var server = await StartedAsync(place, version, cancellation);
            await EmptyDatabase.MakeAsync(server, cancellation);
            return new BorrowedServer(server, () => places.Return(place));
        }
        catch
        {
            places.Return(place);
            throw;
        }
    }

    /// <summary>Options for a server of a test's own.</summary>
    public static LabServerOptions Options(string version) => new()
    {
        Version = version,
        Password = Password,
        HeapMegabytes = 512,
        PageCacheMegabytes = 64,
        StartsFast = true,
        Finder = new() { Log = text => TestContext.Current.SendDiagnosticMessage(text) },
    };

    /// <summary>Starts a server for one test or class alone. Skips the test where none can be had.</summary>
    public static async Task<LabServer> StartAsync(LabServerOptions options, CancellationToken cancellation)
    {
        try
        {
            return await LabServer.StartAsync(options, cancellation);
        }
        catch (LabException none)
        {
            Assert.Skip(none.Message);
            throw;
        }
    }

    /// <summary>The same, of which the test reaches process and files. Skips the test where it runs in a
    /// container.</summary>
    public static Task<InstalledServer> StartInstalledAsync(string version, CancellationToken cancellation) =>
        StartInstalledAsync(Options(version), cancellation);

    /// <summary>The same, with options of the test's own.</summary>
    public static async Task<InstalledServer> StartInstalledAsync(
        LabServerOptions options, CancellationToken cancellation)
    {
        var server = await StartAsync(options, cancellation);
        if (server is InstalledServer installed)
            return installed;
        await server.DisposeAsync();
        Assert.Skip("A server in a container is not killed by this test, nor are its files read.");
        return null!;
    }

    /// <summary>Stops them all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var places in _places.Values)
            await places.DisposeAsync();
    }

    private static async Task<LabServer> StartedAsync(Place place, string version, CancellationToken cancellation)
    {
        if (place.Server is { } running)
            return running;
        if (place.Unavailable is { } known)
            Assert.Skip(known);
        try
        {
            var server = await LabServer.StartAsync(Options(version), cancellation);
            place.Server = server;
            Console.Error.WriteLine($"Integration tests use {server.Description}");
            return server;
        }
        catch (LabException none)
        {
            place.Unavailable = none.Message;
            Assert.Skip(none.Message);
            throw;
        }
    }

    /// <summary>Where a server is, or why there is none; changed by who has taken it.</summary>
    private sealed class Place
    {
        public LabServer? Server { get; set; }

        public string? Unavailable { get; set; }
    }

    /// <summary>The places of a version that nobody has taken. What was returned last goes first, so that no server is
    /// started that is not needed.</summary>
    private sealed class Places(int count) : IAsyncDisposable
    {
        private readonly ConcurrentStack<Place> _free = new(Enumerable.Range(0, count).Select(static _ => new Place()));
        private readonly SemaphoreSlim _available = new(count, count);

        public async Task<Place> TakeAsync(CancellationToken cancellation)
        {
            await _available.WaitAsync(cancellation);
            return _free.TryPop(out var place) ? place : throw new InvalidOperationException("A place was returned twice.");
        }

        public void Return(Place place)
        {
            _free.Push(place);
            _available.Release();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var place in _free)
            {
                if (place.Server is { } server)
                    await server.DisposeAsync();
            }
            _available.Dispose();
        }
    }
}

/// <summary>A server that belongs to one test until it is given back.</summary>
public sealed class BorrowedServer(LabServer server, Action giveBack) : IAsyncDisposable
{
    /// <summary>The server.</summary>
    public LabServer Server => server;

    /// <summary>Loads a graph into it.</summary>
    public Task<(long Nodes, long Relationships)> LoadAsync(GraphOptions graph, CancellationToken cancellation) =>
        graph.LoadAsync(server, cancellation);

    /// <summary>Runs a statement by itself and returns its rows.</summary>
    public async Task<IReadOnlyList<object?[]>> RunAsync(
        string text, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var driver = server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation);
        var query = BoltQuery.Create(text, parameters) with { Mode = BoltAccessMode.Write };
        await using var cursor = await connection.RunAsync(query, cancellation);
        var rows = new List<object?[]>();
        while (await cursor.ReadAsync(cancellation))
            rows.Add(cursor.Values);
        return rows;
    }

    /// <summary>Gives it back.</summary>
    public ValueTask DisposeAsync()
    {
        giveBack();
        return ValueTask.CompletedTask;
    }
}
