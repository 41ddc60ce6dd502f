using System.Buffers.Binary;
using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Servers;
using Grap.Tests.Torture.OnlineCopy.Controls;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>Real logs, torn in the middle of their last transactions as a server that lost its power leaves them, and
/// recovered by a real server: it comes to the commit before, as does what Grap takes for the end. The last transaction
/// has a property with the bytes of its own commit.</summary>
public sealed class TornLogTests : IDisposable
{
    private const int Steps = 5;
    private const int CommitBytes = 22;
    private const int ChecksumBytes = 4;

    // More than a page of the log.
    private const int Zeros = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-torn-").FullName;
    private readonly FolderRepository _repository;

    public TornLogTests() => _repository = FolderRepository.Open(Path.Combine(_folder, "repository"), create: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task Wherever_a_log_is_torn_a_server_recovers_to_the_commit_before(string version)
    {
        var (home, ledger, forged) = await WriteAndCopyAsync(version);
        var (log, ends) = ReadLog(ledger);
        var forgedAt = log.AsSpan().IndexOf(forged);
        Assert.InRange(forgedAt, ends[^2], ends[^1] - (2 * CommitBytes));

        TearForGrap(log, ledger, ends);
        foreach (var (cut, zeros) in Cuts(ends, forgedAt))
            await TearForAServerAsync(home, log, ledger, ends, cut, zeros);
    }

    /// <summary>At every byte of the last transactions.</summary>
    private static void TearForGrap(byte[] log, IReadOnlyList<long> ledger, int[] ends)
    {
        for (var cut = ends[1]; cut <= log.Length; cut++)
        {
            foreach (var torn in new[] { log[..cut], [.. log[..cut], .. new byte[Zeros]] })
            {
                var step = LastStep(torn, log, ends);
                Assert.Equal((ledger[step], ends[step]), LogEnd.Find(torn));
            }
        }
    }

    /// <summary>Within each kind of entry: the start, commands, the forged commit and the real one.</summary>
    private static IEnumerable<(int Cut, int Zeros)> Cuts(int[] ends, int forgedAt)
    {
        var (begin, end) = (ends[^2], ends[^1]);
        yield return (begin, 0);
        yield return (begin + 1, 0);
        yield return (begin + 12, Zeros);
        yield return (forgedAt, 0);
        yield return (forgedAt + 10, Zeros);
        yield return (forgedAt + CommitBytes, 0);
        yield return (forgedAt + CommitBytes, Zeros);
        yield return (end - CommitBytes, 0);
        yield return (end - CommitBytes + 2, Zeros);
        yield return (end - 1, 0);
        yield return (end - ChecksumBytes, Zeros);
        yield return (end, Zeros);
        yield return ((ends[^3] + begin) / 2, 0);
    }

    private async Task TearForAServerAsync(
        string home, byte[] log, IReadOnlyList<long> ledger, int[] ends, int cut, int zeros)
    {
        byte[] torn = [.. log[..cut], .. new byte[zeros]];
        var step = LastStep(torn, log, ends);
        var id = string.Create(CultureInfo.InvariantCulture, $"cut-{cut}-{zeros}");
        try
        {
            await RecoverAsync(home, id, torn, ledger, step);
        }
        catch (GrapException refused) when (refused.Condition == GrapCondition.RestoreFailed && zeros > 0
            && cut > ends[^1] - CommitBytes && cut < ends[^1] && Neo4jInstallation.At(home).Version == "5.13.0")
        {
            // It takes zeros in a commit entry for a wrong checksum. Grap cuts the log before them.
            TestContext.Current.SendDiagnosticMessage($"{id} is refused: {refused.Message}");
            await RecoverAsync(home, id + "-end", torn[..(int)LogEnd.Find(torn).End], ledger, step);
        }
    }

    private async Task RecoverAsync(string home, string id, byte[] log, IReadOnlyList<long> ledger, int step)
    {
        ChangedCopy.Publish(_repository, "copy", _repository, id,
            (file, bytes) => IsLog(file) ? log : bytes,
            manifest => manifest with { Transactions = new TransactionWindow(ledger[step], ledger[step]) });
        using var archive = _repository.OpenArchive(id);
        var scratch = new ScratchOptions { Home = home, Places = [], ParentFolder = Path.Combine(_folder, "servers") };
        await using var recovered = await RecoveredDatabase.RecoverAsync(archive, scratch, step: null, Cancellation);
        Assert.Equal((id, ledger[step]), (id, recovered.LastTransaction));
        await using var connection = await recovered.Session.ConnectAsync(BoltAccessMode.Read, Cancellation);
        await using var cursor = await connection.RunAsync(new BoltQuery(
            """
            MATCH (s:Step) OPTIONAL MATCH (s)-[a:AFTER]->(before:Step) WHERE a.number = s.number AND before.number = s.number - 1
            RETURN count(s), max(s.number), count(before), count(s.seen), count(s.forged)
            """), Cancellation);
        Assert.True(await cursor.ReadAsync(Cancellation));
        Assert.Equal([step + 1L, (long)step, (long)step, (long)step, step == Steps ? 1L : 0L], cursor.Values);
        TestContext.Current.SendDiagnosticMessage($"{id} recovers to transaction {ledger[step]}.");
    }

    /// <summary>The last step of which a torn log holds every byte.</summary>
    private static int LastStep(byte[] torn, byte[] log, int[] ends) => Array.FindLastIndex(
        ends, end => end <= torn.Length && torn.AsSpan(0, end).SequenceEqual(log.AsSpan(0, end)));

    /// <summary>Commits a chain of steps after a checkpoint and copies the server.</summary>
    /// <returns>The installation, the transaction of each step, and the bytes in the last one's property.</returns>
    private async Task<(string Home, IReadOnlyList<long> Ledger, byte[] Forged)> WriteAndCopyAsync(string version)
    {
        await using var server = await ServerPool.StartInstalledAsync(version, Cancellation);
        // All names are there before the first step, and each step is one transaction.
        await CommitAsync(server, "CREATE (:Step { number: 0, seen: true, forged: $forged })-[:AFTER { number: 0 }]->(:Begin)",
            ("forged", new byte[100]));
        var ledger = new List<long> { await CommitAsync(server, "MATCH (s:Step) REMOVE s.seen, s.forged") };
        // A clean stop is the one way to a checkpoint on Community: what comes now is in the log alone.
        await server.Server.RestartAsync(Cancellation);
        byte[] forged = [];
        for (var step = 1; step <= Steps; step++)
        {
            forged = Forge(server, ledger[^1]);
            byte[]? property = step == Steps ? [.. new byte[8], .. forged, .. new byte[60]] : null;
            ledger.Add(await CommitAsync(server,
                """
                MATCH (last:Step { number: $number - 1 }) SET last.seen = true
                CREATE (:Step { number: $number, forged: $forged })-[:AFTER { number: $number }]->(last)
                """, ("number", (long)step), ("forged", property)));
            Assert.Equal(ledger[^2] + 1, ledger[^1]);
        }
        await using var session = await Grap.Servers.Session.OpenAsync(
            new Grap.Servers.SessionOptions(BoltAddress.Parse(server.Uri.OriginalString), server.Auth), Cancellation);
        await new BackupTaker().TakeAsync(session, _repository,
            new BackupOptions { Id = "copy", Method = BackupMethod.HotCopy }, null, Cancellation);
        return (server.Home!, ledger, forged);
    }

    /// <summary>The commit entry of the next transaction as it might be, with a checksum that is right for it by itself,
    /// made from the last one in the server's log.</summary>
    private static byte[] Forge(InstalledServer server, long last)
    {
        var folder = Path.Combine(server.DataFolder!, "transactions", "neo4j");
        var name = Directory.GetFiles(folder, "neostore.transaction.db.*").Single();
        using var file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[1 << 20];
        bytes = bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        var entry = bytes.AsSpan(FindCommit(bytes, last), CommitBytes).ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(2), last + 1);
        LogEnd.Seal(entry);
        return entry;
    }

    private static int FindCommit(byte[] log, long transaction)
    {
        // The server's version, 5, the transaction, its time, a checksum.
        var wanted = new byte[9];
        wanted[0] = 5;
        BinaryPrimitives.WriteInt64LittleEndian(wanted.AsSpan(1), transaction);
        return log.AsSpan().LastIndexOf(wanted) - 1;
    }

    private (byte[] Log, int[] Ends) ReadLog(IReadOnlyList<long> ledger)
    {
        byte[] log = [];
        ChangedCopy.Publish(_repository, "copy", _repository, "read", (file, bytes) => IsLog(file) ? log = bytes : bytes);
        var ends = ledger.Select(transaction => FindCommit(log, transaction) + CommitBytes).ToArray();
        Assert.Equal(log.Length, ends[^1]);
        Assert.Equal(ends.Order(), ends);
        return (log, ends);
    }

    private static bool IsLog(PhysicalFile file) =>
        file.Name.StartsWith("neostore.transaction.db.", StringComparison.Ordinal);

    private static async Task<long> CommitAsync(
        LabServer server, string text, params (string Name, object? Value)[] parameters)
    {
        await using var driver = server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: Cancellation);
        await using var cursor = await connection.RunAsync(
            BoltQuery.Create(text, parameters) with { Mode = BoltAccessMode.Write }, Cancellation);
        while (await cursor.ReadAsync(Cancellation))
        {
            // Nothing of interest comes back.
        }
        Assert.True(Bookmark.TryParse(cursor.Summary!.Bookmark, out _, out var transaction));
        return transaction;
    }
}
