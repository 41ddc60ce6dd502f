using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>Copies of the files of a running server, under a writer.</summary>
public class HotCopyTests(ServerPool servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ServerPool.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_copy_under_a_writer_is_published_and_holds_what_was_acknowledged_before(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        if (borrowed.Server.DataFolder is not { } data)
        {
            Assert.Skip("The files of a server in a container are not read here.");
            return;
        }
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 5000), Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        await using (var writer = await LedgerWriter.StartAsync(borrowed.Server, cancellation: Cancellation))
        {
            await writer.WaitForAsync(50, Cancellation);
            for (var round = 0; round < 2; round++)
            {
                var before = await NewestAsync(workplace);
                var backup = await workplace.TakeAsync(Options(data));
                var after = await NewestAsync(workplace);

                var manifest = backup.Manifest!;
                Assert.Equal((BackupMethod.HotCopy, Exactness.Exact), (backup.Method, backup.Exactness));
                Assert.Equal(manifest.Transactions!.First, manifest.Transactions.Last);
                Assert.InRange(manifest.Transactions.Last, before, after);
                Assert.NotNull(manifest.Physical!.LastCommitAt);
                Assert.Equal(
                    [$"Read at {10 * Environment.ProcessorCount} MB/s at most while transactions were committed."],
                    manifest.Physical.Notes);
                Assert.True(backup.Nodes > 5000);
            }
        }

        // Without a word about the folder: a server on this machine tells where it is. And nothing is committed now.
        var quiet = await workplace.TakeAsync(new BackupOptions { Id = "auto" });
        Assert.Equal(BackupMethod.HotCopy, quiet.Method);
        Assert.Equal(await NewestAsync(workplace), quiet.Manifest!.Transactions!.Last);
        Assert.Empty(quiet.Manifest.Physical!.Notes);
        await RefuseTwinAsync(workplace, data);
        await RefuseOthersAsync(workplace, data);
    }

    // Every byte is the same, and nothing is committed meanwhile: only the lock tells them apart.
    private static async Task RefuseTwinAsync(Workplace workplace, string data)
    {
        var twin = Directory.CreateTempSubdirectory("grap-twin-").FullName;
        try
        {
            foreach (var folder in new[] { "databases", "transactions" })
                Copy(Path.Combine(data, folder, "neo4j"), Path.Combine(twin, folder, "neo4j"));
            File.WriteAllBytes(Path.Combine(twin, "databases", "neo4j", "database_lock"), []);

            var refused = await Assert.ThrowsAsync<GrapException>(() => workplace.TakeAsync(Options(twin)));

            Assert.Equal(GrapCondition.DataFolderMismatch, refused.Condition);
            Assert.Contains("lock", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(twin, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "neostore*")
            .Concat(Directory.EnumerateFiles(from, "checkpoint*")))
        {
            using var source = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }

    private static async Task RefuseOthersAsync(Workplace workplace, string data)
    {
        var other = Directory.CreateTempSubdirectory("grap-other-").FullName;
        try
        {
            var nowhere = await Assert.ThrowsAsync<GrapException>(() => workplace.TakeAsync(Options(other)));
            Assert.Equal(GrapCondition.DataFolderUnavailable, nowhere.Condition);

            // The server's own system database, under the name of the other.
            foreach (var folder in new[] { "databases", "transactions" })
            {
                Directory.CreateDirectory(Path.Combine(other, folder));
                Directory.CreateSymbolicLink(
                    Path.Combine(other, folder, "neo4j"), Path.Combine(data, folder, "system"));
            }
            var foreign = await Assert.ThrowsAsync<GrapException>(() => workplace.TakeAsync(Options(other)));
            Assert.Equal(GrapCondition.DataFolderMismatch, foreign.Condition);

            var fallback = await workplace.TakeAsync(Options(other) with { Id = "fallback", Method = null });
            Assert.Equal(BackupMethod.Bolt, fallback.Method);
            Assert.Contains(fallback.Manifest!.Reading!.Notes,
                note => note.StartsWith("Method Auto took Bolt", StringComparison.Ordinal));
            Assert.Empty(workplace.Leftovers());
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    private static BackupOptions Options(string data) => new()
    {
        Method = BackupMethod.HotCopy,
        DataFolder = new DataFolderHints { DataPath = data },
    };

    private static async Task<long> NewestAsync(Workplace workplace)
    {
        await using var connection = await workplace.Session.ConnectAsync(BoltAccessMode.Read, Cancellation);
        await using var cursor = await connection.RunAsync(new BoltQuery("RETURN 1"), Cancellation);
        while (await cursor.ReadAsync(Cancellation))
        {
            // One row; the bookmark comes behind it.
        }
        Assert.True(Bookmark.TryParse(cursor.Summary!.Bookmark, out _, out var transaction));
        return transaction;
    }
}
