using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;
using Grap.Verification;

namespace Grap.Tests.Torture;

/// <summary>A server with a small graph, and a repository with two good backups, outside of all processes that are
/// killed.</summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>The backups that are there before anything happens, and that nobody removes.</summary>
    public static readonly string[] Earlier = ["good-1", "good-2"];

    private const int Nodes = 300;
    private const int Speed = 20;
    private readonly string _root = Directory.CreateTempSubdirectory("grap-torture-").FullName;
    private readonly LabServer? _server;
    private int _taken;

    private Site(LabServer? server, Session session, string address, string? data)
    {
        (_server, Session, Server, DataFolder) = (server, session, address, data ?? server?.DataFolder);
        Directory.CreateDirectory(Notes);
    }

    /// <summary>The server's address.</summary>
    public string Server { get; }

    /// <summary>The server's data folder; null where it is not known, or not on this machine.</summary>
    public string? DataFolder { get; }

    /// <summary>Whether backups are copies of the server's files.</summary>
    public bool Copies { get; set; }

    /// <summary>A session to it.</summary>
    public Session Session { get; }

    /// <summary>The repository's folder.</summary>
    public string Folder => Path.Combine(_root, "repository");

    /// <summary>The folder for the children's steps.</summary>
    public string Notes => Path.Combine(_root, "notes");

    /// <summary>Whether the repository stays for inspection.</summary>
    public bool Keep { get; set; }

    /// <summary>How to log in: the server of a test run has a password, one of our own has none.</summary>
    public static BoltAuth Login() =>
        Environment.GetEnvironmentVariable(TortureProgram.PasswordVariable) is { Length: > 0 } password
            ? BoltAuth.Basic("neo4j", password)
            : BoltAuth.None;

    /// <summary>Uses the server at <paramref name="address"/> with its data folder, or starts one with a graph.</summary>
    public static async Task<Site> PrepareAsync(string? address, string? data, CancellationToken cancellation)
    {
        var server = address is null ? await LabServer.StartAsync(new LabServerOptions(), cancellation) : null;
        try
        {
            if (server is not null)
            {
                await new GraphOptions(GraphName.Generated, Nodes).LoadAsync(server, cancellation);
                Console.WriteLine(server.Description);
                if (server is InstalledServer { Home: { } home })
                    Environment.SetEnvironmentVariable("NEO4J_HOME", home);
            }
            address ??= server!.Uri.OriginalString;
            var session = await Session.OpenAsync(
                new SessionOptions(BoltAddress.Parse(address), server?.Auth ?? Login()), cancellation);
            return new Site(server, session, address, data);
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a new repository with the two good backups.</summary>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        FolderRepository.Open(Folder, create: true);
        foreach (var id in Earlier)
        {
            await TakeAsync(id, cancellation);
            await ProveAsync(id, cancellation);
        }
    }

    /// <summary>The repository as the next run sees it. Its clock is quick: a lock whose owner was killed before it
    /// could write its name is watched for some seconds.</summary>
    public FolderRepository Open() =>
        FolderRepository.Open(Folder, create: false, new RepositoryOptions { Time = new QuickTime(Speed) });

    /// <summary>Takes a backup with nothing in the way.</summary>
    public async Task<string> TakeAsync(string? id, CancellationToken cancellation)
    {
        id ??= $"whole-{(++_taken).ToString(CultureInfo.InvariantCulture)}";
        await new BackupTaker().TakeAsync(
            Session, Open(), Options(id, Copies ? DataFolder : null), null, cancellation);
        return id;
    }

    /// <summary>How a backup is taken: as a copy of the files in <paramref name="data"/>, or, where that is null, over
    /// Bolt.</summary>
    public static BackupOptions Options(string id, string? data) => new()
    {
        Id = id,
        Method = data is null ? BackupMethod.Bolt : BackupMethod.HotCopy,
        DataFolder = new DataFolderHints { DataPath = data },
    };

    /// <summary>Proves a backup at the level Structure, and one that is a copy of files at Checksum: more than that
    /// takes a server.</summary>
    public async Task ProveAsync(string id, CancellationToken cancellation)
    {
        var level = Copies ? VerificationLevel.Checksum : VerificationLevel.Structure;
        var proof = await new Verifier().VerifyAsync(Open(), id, level, null, cancellation);
        if (!proof.Passed)
            throw new Violation($"Backup '{id}' does not pass at {level}: {string.Join(' ', proof.Problems)}");
    }

    /// <summary>Keeps the repository as it is now, to be brought back.</summary>
    public string Photograph()
    {
        var copy = Path.Combine(_root, "photograph");
        Copy(Folder, copy);
        return copy;
    }

    /// <summary>Makes the repository what it was.</summary>
    public void BringBack(string photograph) => Copy(photograph, Folder);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        if (!Keep)
            Directory.Delete(_root, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
            Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
