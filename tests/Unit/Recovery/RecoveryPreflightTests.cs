using Grap.Backups;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Recovery.Preflight;
using Grap.Recovery.States;
using Grap.Servers.Installations;
using Grap.Tests.Unit.Servers;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public sealed class RecoveryPreflightTests : IDisposable
{
    private readonly InstallationFolder _machine = new();

    [Theory]
    [InlineData(BackupMethod.Bolt)]
    [InlineData(BackupMethod.HotCopy)]
    public void Where_everything_is_there_it_can_run(BackupMethod method)
    {
        var preflight = RecoveryPreflight.Of(Manifest(method), Machine("5.26.30", method));
        Assert.All(preflight.Items, item => Assert.Equal((PreflightOutcome.Met, ""), (item.Outcome, item.Remark)));
        Assert.True(preflight.CanRun);
        preflight.ExpectCanRun();
    }

    [Theory]
    [InlineData(BackupMethod.Bolt, "5.26.30", PreflightOutcome.Met)]
    [InlineData(BackupMethod.Bolt, "2026.08.1", PreflightOutcome.Met)]
    [InlineData(BackupMethod.Bolt, "5.13.0", PreflightOutcome.Warning)]
    [InlineData(BackupMethod.HotCopy, "5.26.30", PreflightOutcome.Met)]
    [InlineData(BackupMethod.HotCopy, "5.26.31", PreflightOutcome.Missing)]
    [InlineData(BackupMethod.Dump, "2026.08.1", PreflightOutcome.Missing)]
    public void Files_need_their_version_and_a_logical_backup_rather_a_newer_one(
        BackupMethod method, string installed, PreflightOutcome outcome)
    {
        var preflight = RecoveryPreflight.Of(Manifest(method), Machine(installed, method));
        Assert.Equal(outcome, Item(preflight, PreflightSubject.Neo4j).Outcome);
        if (outcome == PreflightOutcome.Missing)
            Assert.Equal(GrapCondition.ScratchServerUnavailable, Refusal(preflight).Condition);
    }

    [Fact]
    public void A_Neo4j_without_a_Java_for_it_cannot_run()
    {
        var place = Machine("5.26.30", requiredJava: 99);
        var preflight = RecoveryPreflight.Of(Manifest(), place);
        Assert.Equal(PreflightOutcome.Missing, Item(preflight, PreflightSubject.Java).Outcome);
        Assert.Contains("Java 99", Refusal(preflight).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constraint_that_staging_cannot_hold_is_told_before_anything_is_restored()
    {
        var manifest = Manifest() with
        {
            Schema = new GraphSchema
            {
                Constraints = [new GraphConstraint { Name = "key", Type = "NODE_KEY", EntityType = "NODE" }],
            },
        };
        var preflight = RecoveryPreflight.Of(manifest, Machine("5.26.30"));
        Assert.Equal(PreflightOutcome.Missing, Item(preflight, PreflightSubject.Schema).Outcome);
        var refusal = Refusal(preflight);
        Assert.Equal(GrapCondition.ScratchServerUnavailable, refusal.Condition);
        Assert.Contains("Constraint key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_needs_what_is_declared_on_it_and_no_space_for_certain()
    {
        var manifest = Manifest() with
        {
            Schema = new GraphSchema
            {
                Constraints =
                [
                    new GraphConstraint { Name = "key", Type = "NODE_KEY", EntityType = "NODE", LabelsOrTypes = ["Port"] },
                ],
            },
        };
        var place = Machine("5.26.30") with { FreeBytes = 1 };
        var part = RecoveryPreflight.Of(manifest, place, new RecoveredPart { Labels = ["Ship"] });
        Assert.Equal(PreflightOutcome.Met, Item(part, PreflightSubject.Schema).Outcome);
        Assert.Equal(PreflightOutcome.Warning, Item(part, PreflightSubject.Space).Outcome);
        var other = RecoveryPreflight.Of(manifest, place, new RecoveredPart { Labels = ["Port"] });
        Assert.Equal(PreflightOutcome.Missing, Item(other, PreflightSubject.Schema).Outcome);
    }

    [Theory]
    [InlineData("", PreflightOutcome.Warning)]
    [InlineData("apoc-5.26.30-core.jar", PreflightOutcome.Warning)]
    [InlineData("apoc-5.26.30-core.jar neo4j-graph-data-science-2.13.4.jar", PreflightOutcome.Met)]
    public void A_plugin_that_staging_has_not_is_warned_of(string files, PreflightOutcome outcome)
    {
        var home = _machine.Path("neo4j-5.26.30");
        Directory.CreateDirectory(Path.Combine(home, "plugins"));
        foreach (var file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            File.WriteAllText(Path.Combine(home, "plugins", file), "");
        var manifest = Manifest() with { Source = Manifest().Source with { Plugins = ["apoc", "gds"] } };
        var preflight = RecoveryPreflight.Of(manifest, Machine("5.26.30"));
        Assert.Equal(outcome, Item(preflight, PreflightSubject.Plugins).Outcome);
        Assert.True(preflight.CanRun);
    }

    // The manifest's graph has 1,000 nodes and 1,000 relationships, which take 49 bytes; its files have 1 MiB.
    [Theory]
    [InlineData(BackupMethod.Bolt, 48_999, PreflightOutcome.Missing)]
    [InlineData(BackupMethod.Bolt, 49_000, PreflightOutcome.Warning)]
    [InlineData(BackupMethod.HotCopy, (1 << 20) - 1, PreflightOutcome.Missing)]
    [InlineData(BackupMethod.HotCopy, 1 << 20, PreflightOutcome.Warning)]
    [InlineData(BackupMethod.HotCopy, 1 << 30, PreflightOutcome.Met)]
    public void Too_little_space_is_refused_and_little_space_warned_of(
        BackupMethod method, long free, PreflightOutcome outcome)
    {
        var preflight = RecoveryPreflight.Of(Manifest(method), Machine("5.26.30", method) with { FreeBytes = free });
        Assert.Equal(outcome, Item(preflight, PreflightSubject.Space).Outcome);
        if (outcome == PreflightOutcome.Missing)
            Assert.Equal(GrapCondition.ScratchFull, Refusal(preflight).Condition);
    }

    [Fact]
    public void What_is_discarded_first_counts_as_free_space()
    {
        var folder = Directory.CreateDirectory(_machine.Path("staging", "neo4j-1", "data")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "store"), new byte[1000]);
        var before = new RecoveryRecord
        {
            Database = "neo4j", StagingFolder = _machine.Path("staging", "neo4j-1"), StagingHost = Environment.MachineName,
        };
        Assert.Equal(1000, StagingFolderSize(before));
        Assert.Equal(0, StagingFolderSize(before with { StagingHost = "elsewhere" }));
        Assert.Equal(0, StagingFolderSize(before with { StagingFolder = _machine.Path("gone") }));

        static long StagingFolderSize(RecoveryRecord record) =>
            Grap.Recovery.Staging.StagingFolder.Size(record.StagingFolder, record.StagingHost);
    }

    [Fact]
    public void Little_memory_is_warned_of()
    {
        var preflight = RecoveryPreflight.Of(Manifest(), Machine("5.26.30") with { FreeMemory = 512 << 20 });
        Assert.Equal(PreflightOutcome.Warning, Item(preflight, PreflightSubject.Memory).Outcome);
        Assert.True(preflight.CanRun);
    }

    [Fact]
    public void All_that_is_missing_is_told_at_once()
    {
        var refusal = Refusal(RecoveryPreflight.Of(
            Manifest(BackupMethod.HotCopy), Machine("5.13.0", BackupMethod.HotCopy) with { FreeBytes = 0 }));
        Assert.Equal(GrapCondition.ScratchServerUnavailable, refusal.Condition);
        Assert.Contains("5.26.30", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("no room", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_a_manifest_that_no_disk_can_hold_are_no_fault_of_the_preflight()
    {
        var manifest = Manifest(BackupMethod.HotCopy) with
        {
            Counts = new GraphCounts { Nodes = long.MaxValue, Relationships = long.MaxValue },
            Physical = new PhysicalContent
            {
                Files = [.. Enumerable.Range(0, 3).Select(n => new PhysicalFile($"{n}", PhysicalFileKind.Store, long.MaxValue))],
            },
        };
        var preflight = RecoveryPreflight.Of(manifest, Machine("5.26.30", BackupMethod.HotCopy));
        Assert.Equal(PreflightOutcome.Missing, Item(preflight, PreflightSubject.Space).Outcome);
        Assert.Equal(PreflightOutcome.Warning, Item(preflight, PreflightSubject.Memory).Outcome);
    }

    public void Dispose() => _machine.Dispose();

    private static PreflightItem Item(RecoveryPreflight preflight, PreflightSubject subject) =>
        Assert.Single(preflight.Items, item => item.Subject == subject);

    private static GrapException Refusal(RecoveryPreflight preflight)
    {
        Assert.False(preflight.CanRun);
        return Assert.Throws<GrapException>(preflight.ExpectCanRun);
    }

    // A machine with one Neo4j and one Java, and room for anything.
    private StagingPlace Machine(string neo4j, BackupMethod method = BackupMethod.Bolt, int requiredJava = 17)
    {
        var home = _machine.AddNeo4j(neo4j, requiredJava);
        var scratch = new ScratchOptions
        {
            Home = home,
            Places = [],
            Environment = name => name == "JAVA_HOME" ? _machine.AddJava("java", "21.0.1") : null,
        };
        var nothing = new RecoveryRecord { Database = "neo4j" };
        var found = StagingPlace.Of(Manifest(method), _machine.Path("staging"), scratch, nothing);
        Assert.True(found.FreeBytes > 0 && found.FreeMemory > 0);
        return found with { FreeBytes = 1L << 40, FreeMemory = 1L << 40 };
    }

    private static BackupManifest Manifest(BackupMethod method = BackupMethod.Bolt) => new()
    {
        Id = "one",
        Method = method,
        Source = new BackupSource { Database = "neo4j", ServerVersion = "5.26.30", Edition = "community", Protocol = "5.4" },
        Counts = new GraphCounts { Nodes = 1000, Relationships = 1000 },
        RawBytes = 100_000,
        Physical = method == BackupMethod.Bolt
            ? null
            : new PhysicalContent { Files = [new PhysicalFile("neostore", PhysicalFileKind.Store, 1 << 20)] },
    };
}
