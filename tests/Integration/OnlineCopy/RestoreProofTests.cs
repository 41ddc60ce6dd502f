using System.Buffers.Binary;
using Grap.Backups;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Servers;
using Grap.Verification;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>Physical backups are restored into a scratch server of their version: sound ones pass and tell what they
/// hold, damaged ones fail although every byte is the one that was written.</summary>
public sealed class RestoreProofTests : IDisposable
{
    // Several pages of relationships.
    private const int Nodes = 500;
    private const int PageBytes = 8_192;
    private const int CommitBytes = 22;
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-restore-proof-").FullName;

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task A_sound_backup_passes_and_damage_that_no_hash_shows_fails(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await StoppedServer.MakeAsync(version, Nodes, cancellation);
        var repository = FolderRepository.Open(Path.Combine(_folder, "repository"), create: true);

        // The log ends between a constraint's index and the constraint.
        var last = server.Graph.Transaction - 1;
        server.Archive(
            repository, "sound", (file, bytes) => CutAfter(last, file, bytes), manifest => EndsWith(manifest, last));
        var sound = await ProveAsync(server, repository, "sound");
        Assert.True(sound.Passed, Describe(sound));
        Assert.Equal(VerificationLevel.Restore, sound.ProvenLevel);
        Assert.Equal(server.Graph.Fingerprint, sound.Content!.Fingerprint);
        Assert.Equal(server.Graph.Counts.NodesByLabel, sound.Content.Counts.NodesByLabel);
        Assert.Equal(server.Graph.Counts.RelationshipsByType, sound.Content.Counts.RelationshipsByType);
        Assert.Equal(last, sound.Content.Transaction);
        // There it comes online, and is an index like any other.
        var staysAsItIs = version == "5.13.0";
        Assert.Equal(staysAsItIs ? [] : [StoppedServer.LastConstraint], sound.Content.DroppedIndexes);
        Assert.Equal(
            ["Check", "Checksum", "Indexes", "Read", "Recover", "Stop", "Structure", "Unpack"],
            sound.Steps.Keys.Order(StringComparer.Ordinal));
        var listed = repository.Get("sound");
        Assert.Equal(VerificationLevel.Restore, listed.VerifiedLevel);
        Assert.Equal(server.Graph.Fingerprint, listed.Fingerprint);
        Assert.Equal(server.Graph.Counts.Nodes, listed.Nodes);

        await DumpAndLoadAsync(server, repository);
        // Each proof takes a start of a server and a consistency check.
        if (ServerPool.IsFull || version == LabServerOptions.DefaultVersion)
            await ProveDamageAsync(server, repository);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "servers")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The stopped database as Neo4j's own dump, which Neo4j's own command loads. That it then holds the graph
    /// is what <see cref="LeavingTests"/> shows, for which more servers are started.</summary>
    private async Task DumpAndLoadAsync(StoppedServer server, FolderRepository repository)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var dump = await new BackupTaker(scratch: Scratch(server)).DumpAsync("neo4j", repository, new BackupOptions
        {
            Id = "dump",
            Method = BackupMethod.Dump,
            DataFolder = new DataFolderHints { DataPath = server.DataFolder },
        }, null, cancellation);
        Assert.Equal((BackupMethod.Dump, Exactness.Exact), (dump.Method, dump.Exactness));
        Assert.Equal(server.Graph.Transaction, dump.Manifest!.Transactions!.Last);

        var dumps = Directory.CreateDirectory(Path.Combine(_folder, "dumps")).FullName;
        await new DumpExport(Scratch(server)).WriteAsync(
            repository, "dump", Path.Combine(dumps, "neo4j.dump"), overwrite: false, null, cancellation);
        var data = Path.Combine(_folder, "loaded");
        await DumpLoading.RunAsync(server.Home, data, dumps, cancellation);
        foreach (var name in new[] { "neostore", "neostore.nodestore.db", "neostore.relationshipstore.db" })
        {
            var loaded = File.ReadAllBytes(Path.Combine(data, "databases", "neo4j", name));
            Assert.Equal(File.ReadAllBytes(Path.Combine(server.DataFolder, "databases", "neo4j", name)), loaded);
        }
    }

    private async Task ProveDamageAsync(StoppedServer server, FolderRepository repository)
    {
        server.Archive(repository, "other-transaction", alter: manifest => EndsWith(manifest, server.Graph.Transaction + 1));
        var other = await ProveAsync(server, repository, "other-transaction");
        Assert.Equal((VerificationOutcome.Failed, VerificationLevel.Checksum), (other.Outcome, other.ProvenLevel));
        Assert.Contains($"end with transaction {server.Graph.Transaction};", other.Problems[0], StringComparison.Ordinal);

        server.Archive(repository, "flipped", change: FlipRelationshipPage);
        var flipped = await ProveAsync(server, repository, "flipped");
        Assert.Equal(VerificationOutcome.Failed, flipped.Outcome);
        Assert.Equal(GrapCondition.RestoreFailed, flipped.Condition);
        Assert.Equal(VerificationLevel.Structure, flipped.ProvenLevel);
        Assert.NotEmpty(flipped.Problems);
        TestContext.Current.SendDiagnosticMessage(Describe(flipped));
        Assert.Equal(BackupStatus.Damaged, repository.Get("flipped").Status);

        if (!ServerPool.IsFull)
            return;
        server.Archive(repository, "no-start", change: FlipFirstPages);
        var unstarted = await ProveAsync(server, repository, "no-start");
        Assert.Equal((VerificationOutcome.Failed, GrapCondition.RestoreFailed), (unstarted.Outcome, unstarted.Condition));
        Assert.NotEmpty(unstarted.Problems);
        TestContext.Current.SendDiagnosticMessage(Describe(unstarted));
    }

    private static byte[] CutAfter(long transaction, PhysicalFile file, byte[] bytes)
    {
        if (!file.Name.StartsWith("neostore.transaction.db.", StringComparison.Ordinal))
            return bytes;
        // A commit entry: the server's version, 5, the transaction, its time, a checksum.
        var wanted = new byte[9];
        wanted[0] = 5;
        BinaryPrimitives.WriteInt64LittleEndian(wanted.AsSpan(1), transaction);
        return bytes[..(bytes.AsSpan().IndexOf(wanted) - 1 + CommitBytes)];
    }

    private static byte[] FlipRelationshipPage(PhysicalFile file, byte[] bytes) =>
        file.Name == "neostore.relationshipstore.db" ? FlipPage(bytes, 1) : bytes;

    // The database cannot even come online: its metadata is unreadable.
    private static byte[] FlipFirstPages(PhysicalFile file, byte[] bytes) =>
        file.Name == "neostore" ? FlipPage(bytes, 0) : bytes;

    private static byte[] FlipPage(byte[] bytes, int page)
    {
        foreach (ref var one in bytes.AsSpan(page * PageBytes, PageBytes))
            one ^= 0xFF;
        return bytes;
    }

    private static BackupManifest EndsWith(BackupManifest manifest, long transaction) =>
        manifest with { Transactions = new TransactionWindow(transaction, transaction) };

    private Task<VerificationResult> ProveAsync(StoppedServer server, FolderRepository repository, string id) =>
        new Verifier(scratch: Scratch(server)).VerifyAsync(
            repository, id, VerificationLevel.Restore, null, TestContext.Current.CancellationToken);

    private ScratchOptions Scratch(StoppedServer server) => new()
    {
        Home = server.Home,
        ParentFolder = Path.Combine(_folder, "servers"),
        Places = [],
    };

    private static string Describe(VerificationResult result) => string.Join(Environment.NewLine,
        [result.Outcome.ToString(), .. result.Problems, .. result.Steps.Select(step => $"{step.Key} {step.Value}")]);
}
