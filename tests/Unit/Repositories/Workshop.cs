using Grap.Archives;
using Grap.Backups;
using Grap.Repositories;
using Grap.Tests.Unit.Archives;
using Grap.Verification;

namespace Grap.Tests.Unit.Repositories;

/// <summary>Makes repositories and backups for tests.</summary>
internal static class Workshop
{
    public const string Folder = "/backups";

    private static int _process = 1000;

    /// <summary>Opens the repository of a simulated file system as a process of its own.</summary>
    public static FolderRepository Open(SimulatedFileSystem files, FakeTime? time = null, bool create = true, IProcessTable? processes = null) =>
        FolderRepository.Open(Folder, create, Options(files, time, processes));

    public static RepositoryOptions Options(SimulatedFileSystem files, FakeTime? time = null, IProcessTable? processes = null) => new()
    {
        Files = files,
        Time = time ?? new FakeTime { RunsByItself = true },
        Processes = processes ?? new FakeProcesses("host", Interlocked.Increment(ref _process)),
        Actor = "tester@host",
    };

    /// <summary>Takes a small backup from lock to lock.</summary>
    public static Backup Take(
        FolderRepository repository, string id, string database = "neo4j", int blocks = 2, BackupSource? source = null)
    {
        using var held = repository.Lock("test");
        return Take(repository, id, held, database, blocks, source);
    }

    public static Backup Take(
        FolderRepository repository, string id, RepositoryLock held, string database = "neo4j", int blocks = 2,
        BackupSource? source = null)
    {
        using var pending = repository.Begin(id, held);
        Fill(pending.Archive, blocks);
        var manifest = Manifest(id, database);
        return pending.Publish(manifest with { Source = source ?? manifest.Source }, CancellationToken.None);
    }

    public static void Fill(ArchiveWriter archive, int blocks)
    {
        for (var i = 0; i < blocks; i++)
        {
            using var block = EncodedBlock.Encode(
                new BlockKey(BlockKind.Nodes, i * (long)BlockKey.RangeLength, 0), 5, SmallArchive.Content(100 + i), 1);
            archive.Write(block);
        }
    }

    public static BackupManifest Manifest(string id, string database = "neo4j") => SmallArchive.Manifest(id) with
    {
        Source = new BackupSource { Database = database, ServerVersion = "5.26.30" },
        Counts = new Grap.Graphs.GraphCounts { Nodes = 10, Relationships = 20 },
        Tags = ["nightly"],
        Fingerprint = "00ff",
    };

    public static VerificationResult Verified(
        FolderRepository repository, string id, VerificationLevel level, VerificationOutcome outcome = VerificationOutcome.Passed,
        VerificationLevel? proven = null) => new()
        {
            Id = id,
            Repository = repository.Path,
            Level = level,
            Outcome = outcome,
            ProvenLevel = proven ?? (outcome == VerificationOutcome.Passed ? level : VerificationLevel.None),
            CheckedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero),
            Problems = outcome == VerificationOutcome.Passed ? [] : ["Block Nodes 0 part 0 is damaged."],
        };
}
