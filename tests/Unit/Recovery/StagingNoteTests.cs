using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Servers.Installations;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Grap.Tests.Unit.Servers;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public sealed class StagingNoteTests : IDisposable
{
    private static readonly Guid s_archive = Guid.NewGuid();
    private static readonly DiskFileSystem s_disk = new();

    private readonly InstallationFolder _machine = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-note-").FullName;

    public StagingNoteTests() => Directory.CreateDirectory(Path.Combine(_folder, "server"));

    // Ranges without gaps, with gaps, and nearly full ones are kept in three ways.
    [Fact]
    public void Every_node_is_found_again_by_what_it_became()
    {
        var (kept, others) = (new NodeTable(), new NodeTable());
        var expected = new Dictionary<long, long>();
        Add(kept, 0, [.. Enumerable.Range(0, 1000)], keeps: true);
        Add(kept, 3 << 16, [.. Enumerable.Range(0, 65536).Where(static i => i % 3 != 0)], keeps: true);
        Add(others, 0, [2000, 2003, 65535], keeps: false);
        Add(others, 1L << 40, [7], keeps: false);
        kept.Complete();
        others.Complete();

        Note().Write(_folder, new NodeIds(kept, others), s_disk);
        var read = StagingNote.Find(_folder)!.ReadNodeIds(_folder)!;

        Assert.All(expected, pair => Assert.Equal((true, pair.Value), (read.TryGet(pair.Key, out var became), became)));
        foreach (var absent in new long[] { 1000, 3 << 16, 2001, 1L << 41 })
            Assert.False(read.TryGet(absent, out _));

        void Add(NodeTable table, long firstId, int[] offsets, bool keeps)
        {
            var ids = offsets.Select(offset => firstId + offset).ToList();
            var became = ids.Select(id => keeps ? id : id * 31).ToList();
            table.Add(new BlockKey(BlockKind.Nodes, firstId, 0), [.. offsets.Select(static offset => (ushort)offset)],
                [.. became.Select(static id => (ulong)id)]);
            foreach (var (id, restored) in ids.Zip(became))
                expected.Add(id, restored);
        }
    }

    [Fact]
    public void A_note_and_what_it_speaks_of_survive_a_power_failure()
    {
        var table = new NodeTable();
        table.Add(new BlockKey(BlockKind.Nodes, 0, 0), [1, 2], [10, 20]);
        table.Complete();
        var disk = new WatchedDisk();
        Note().Write(_folder, new NodeIds(null, table), disk);
        var left = disk.AfterPowerFailure(_folder);
        foreach (var name in (string[])["staging.json", "staging.ids"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, name)), left[name]);

        var data = Directory.CreateDirectory(Path.Combine(_folder, "server", "data")).FullName;
        Directory.CreateDirectory(Path.Combine(data, "databases", "neo4j"));
        File.WriteAllBytes(Path.Combine(data, "databases", "neo4j", "neostore"), [1, 2, 3]);
        Assert.Empty(disk.AfterPowerFailure(data));
        Note().WriteAfter(data, _folder, disk);
        Assert.Equal([1, 2, 3], disk.AfterPowerFailure(data)["databases/neo4j/neostore"]);
    }

    [Fact]
    public void Only_the_same_of_the_same_archive_and_the_same_Neo4j_is_gone_on_with()
    {
        Note().Write(_folder, s_disk);
        var record = new RecoveryRecord { Database = "neo4j", State = RecoveryState.Recovering, StagingFolder = _folder };
        var backup = new Backup
        {
            Id = "one", Repository = "/r", Path = "/r/one.grap", Method = BackupMethod.HotCopy, ArchiveId = s_archive,
        };
        var neo4j = Neo4jInstallation.At(_machine.AddNeo4j("5.26.30", 17));
        Assert.NotNull(StagingRest.Find(record, backup, null, neo4j));
        Assert.Null(StagingRest.Find(record, backup with { ArchiveId = Guid.NewGuid() }, null, neo4j));
        Assert.Null(StagingRest.Find(record, backup, new RecoveredPart { Labels = ["A"] }, neo4j));
        Assert.Null(StagingRest.Find(record, backup, null, neo4j with { Version = "5.26.31" }));
        Assert.Null(StagingRest.Find(record, backup, null, neo4j with { Edition = Neo4jEdition.Enterprise }));
        Assert.Null(StagingRest.Find(record with { StagingHost = "elsewhere" }, backup, null, neo4j));
        Assert.Null(StagingRest.Find(record with { State = RecoveryState.RecoveryFailed }, backup, null, neo4j));
        // A logical one needs its table.
        Assert.Null(StagingRest.Find(record, backup with { Method = BackupMethod.Bolt }, null, neo4j));
    }

    [Fact]
    public void What_is_damaged_is_not_gone_on_with()
    {
        var table = new NodeTable();
        table.Add(new BlockKey(BlockKind.Nodes, 0, 0), [1, 2], [10, 20]);
        table.Complete();
        Note().Write(_folder, new NodeIds(null, table), s_disk);
        var note = StagingNote.Find(_folder)!;
        Assert.NotNull(note.ReadNodeIds(_folder));
        var file = Path.Combine(_folder, "staging.ids");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Null(note.ReadNodeIds(_folder));
        File.Delete(file);
        Assert.Null(note.ReadNodeIds(_folder));
        File.AppendAllText(Path.Combine(_folder, "staging.json"), "}");
        Assert.Null(StagingNote.Find(_folder));
        Note().Write(_folder, s_disk);
        Assert.NotNull(StagingNote.Find(_folder));
        Directory.Delete(Path.Combine(_folder, "server"));
        Assert.Null(StagingNote.Find(_folder));
    }

    public void Dispose()
    {
        _machine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static StagingNote Note() => new()
    {
        ArchiveId = s_archive, Folder = "server", ServerVersion = "5.26.30", Edition = "community",
    };
}
