using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Lab.Servers;
using Grap.Repositories;
using Grap.Servers;
using Grap.Tests.Integration.Reading;
using Grap.Verification;

namespace Grap.Tests.Integration.Backups;

/// <summary>A session to a server and an empty repository for one test.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-integration-").FullName;

    private Workplace(Session session, IFileSystem files)
    {
        Session = session;
        Repository = FolderRepository.Open(_folder, create: true, new RepositoryOptions { Files = files });
    }

    public Session Session { get; }

    public FolderRepository Repository { get; }

    /// <summary>The names of all files in the repository.</summary>
    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(_folder).Select(Path.GetFileName).OfType<string>().Order()];

    public static Task<Workplace> OpenAsync(LabServer server, string? address = null) =>
        OpenAsync(new SessionOptions(BoltAddress.Parse(address ?? server.Uri.OriginalString), server.Auth));

    public static async Task<Workplace> OpenAsync(SessionOptions options, IFileSystem? files = null) => new(
        await Session.OpenAsync(options, TestContext.Current.CancellationToken), files ?? new DiskFileSystem());

    /// <summary>Takes a backup and checks that it passes at the level Structure, whatever else a test looks
    /// at.</summary>
    public async Task<Backup> TakeAsync(BackupOptions? options = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var backup = await new BackupTaker().TakeAsync(
            Session, Repository, options ?? new BackupOptions { Method = BackupMethod.Bolt }, null, cancellation);
        var proof = await new Verifier().VerifyAsync(
            Repository, backup.Id, VerificationLevel.Structure, null, cancellation);
        Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
        return backup;
    }

    /// <summary>The elements of a backup, in the order of its index.</summary>
    public List<byte[]> Elements(Backup backup, BlockKind kind)
    {
        using var archive = Repository.OpenArchive(backup.Id);
        using var content = new NativeBuffer();
        var elements = new List<byte[]>();
        foreach (var block in archive.Blocks.Where(b => b.Key.Kind == kind))
        {
            archive.ReadBlock(block, content);
            var reader = new PackStreamReader(content.Written);
            while (!reader.AtEnd)
                elements.Add(reader.Skip().ToArray());
        }
        return elements;
    }

    /// <summary>The elements of a backup as canonical lines, nodes first.</summary>
    public List<string> Lines(Backup backup) =>
    [
        .. Elements(backup, BlockKind.Nodes).Select(static e => CanonicalElement.FromNode(e)),
        .. Elements(backup, BlockKind.Relationships).Select(static e => CanonicalElement.FromRelationship(e)),
    ];

    /// <summary>What a server returns for all elements of a kind, read in the simplest way, in id order.</summary>
    public async Task<List<byte[]>> ReadSimplyAsync(BlockKind kind)
    {
        await using var connection = await Session.ConnectAsync(BoltAccessMode.Read, TestContext.Current.CancellationToken);
        var query = kind == BlockKind.Nodes
            ? "MATCH (n) RETURN [id(n), labels(n), properties(n)] ORDER BY id(n)"
            : "MATCH (a)-[r]->(b) RETURN [id(r), id(a), id(b), type(r), properties(r)] ORDER BY id(r)";
        await using var cursor = await connection.RunAsync(new BoltQuery(query), TestContext.Current.CancellationToken);
        var elements = new List<byte[]>();
        while (await cursor.ReadAsync(TestContext.Current.CancellationToken))
            elements.Add(FirstValue(cursor.Record.Span));
        return elements;
    }

    /// <summary>Files that a run left in the repository and that are no part of a backup or of the repository
    /// itself.</summary>
    public IEnumerable<string> Leftovers() =>
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).OfType<string>()
            .Where(static name => name.Contains("partial", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static byte[] FirstValue(ReadOnlySpan<byte> record)
    {
        var reader = new PackStreamReader(record);
        reader.ReadListHeader();
        return reader.Skip().ToArray();
    }
}
