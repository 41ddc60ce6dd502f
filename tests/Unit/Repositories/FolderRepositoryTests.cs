using System.Text;
using Grap.Backups;
using Grap.Repositories;
using Grap.Tests.Unit.Archives;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

public sealed class FolderRepositoryTests
{
    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public void A_published_backup_is_listed_with_what_its_manifest_says()
    {
        var repository = Workshop.Open(_files);
        var published = Workshop.Take(repository, "neo4j-1");
        var listed = Assert.Single(repository.List());
        Assert.Equal("neo4j-1", published.Id);
        Assert.Equal(published.ToString(), listed.ToString());
        Assert.Equal(BackupStatus.Available, listed.Status);
        Assert.Equal(SmallArchive.Manifest().CompletedAt, listed.CreatedAt);
        Assert.Equal(TimeSpan.FromSeconds(61.7), listed.Duration);
        Assert.Equal(("neo4j", "5.26.30", 10L, 20L), (listed.Database, listed.ServerVersion, listed.Nodes, listed.Relationships));
        Assert.Equal(_files.Files(Workshop.Folder)["neo4j-1.grap"].Length, listed.SizeBytes);
        Assert.Equal(201, listed.RawBytes);
        Assert.Equal(["nightly"], listed.Tags);
        Assert.Equal("00ff", listed.Fingerprint);
        Assert.Equal(VerificationLevel.None, listed.VerifiedLevel);
        Assert.Equal(2, listed.Manifest!.Blocks);
        Assert.Equal(repository.Id, listed.Manifest.RepositoryId);
        Assert.Null(listed.Manifest.JournalHead);
    }

    [Fact]
    public void Reads_that_give_fewer_bytes_than_are_asked_for_change_nothing()
    {
        var expected = Work(null);
        Assert.Equal(["second", "third"], expected.Backups);
        Assert.Equal(["third BackupCreated", "first BackupRemoved", "second BackupTrashed"],
            expected.Journal.Where(static entry => entry.Contains("Backup", StringComparison.Ordinal)).TakeLast(3));
        for (var seed = 0; seed < 20; seed++)
        {
            var work = Work(new Random(seed));
            Assert.Equal(expected.Backups, work.Backups);
            Assert.Equal(expected.Journal, work.Journal);
        }

        static (List<string> Backups, List<string> Journal) Work(Random? shortReads)
        {
            var files = new SimulatedFileSystem { ShortReads = shortReads };
            var repository = Workshop.Open(files);
            foreach (var id in new[] { "first", "second", "third" })
                Workshop.Take(repository, id);
            // Another process, which has read nothing yet.
            var other = Workshop.Open(files, create: false);
            Assert.All(other.List(), static backup => Assert.Equal(BackupStatus.Available, backup.Status));
            using (var held = other.Lock("test"))
            {
                other.Remove("first", held, force: false);
                other.MoveToTrash("second", held, "No rule keeps it.");
            }
            return (
                [.. repository.ListTrash().Concat(repository.List()).Select(static backup => backup.Id)],
                [.. repository.Journal.Read().Select(static entry => $"{entry.EntityId} {entry.Operation}")]);
        }
    }

    [Fact]
    public void A_file_that_ends_before_its_length_is_not_taken_for_a_shorter_one()
    {
        var sound = new MemoryFile([1, 2, 3], mostPerRead: 1);
        Assert.Equal([2, 3], RepositoryPlace.ReadAll(sound, "file", 10, from: 1));
        var refusal = Assert.Throws<GrapException>(() => RepositoryPlace.ReadAll(new EndsEarly(), "file", 10));
        Assert.Equal(GrapCondition.RepositoryFailed, refusal.Condition);
        Assert.Contains("after 3 of 5 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_keeps_the_journals_head()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "a");
        var head = repository.Journal.Head;
        Assert.Equal(head, Workshop.Take(repository, "b").Manifest!.JournalHead);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("com1")]
    [InlineData("Grap-Repository")]
    public void Ids_that_could_be_paths_or_devices_are_refused(string id)
    {
        var repository = Workshop.Open(_files);
        using var held = repository.Lock("test");
        Assert.Equal(GrapCondition.BackupIdInvalid, Condition(() => repository.Begin(id, held)));
        Assert.Equal(GrapCondition.BackupIdInvalid, Condition(() => repository.Get(id)));
        Assert.Equal(GrapCondition.BackupIdInvalid, Condition(() => repository.OpenArchive(id)));
        Assert.Equal(GrapCondition.BackupIdInvalid, Condition(() => repository.Remove(id, held, force: true)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("_x")]
    [InlineData("neo4j-20260102T030405Z")]
    [InlineData("console")]
    [InlineData("a.grap")]
    public void Ordinary_ids_are_accepted(string id)
    {
        Assert.Equal(id, Workshop.Take(Workshop.Open(_files), id).Id);
        Assert.True(BackupId.IsValid(new string('x', 100)));
        Assert.False(BackupId.IsValid(new string('x', 101)));
    }

    [Fact]
    public void An_id_is_taken_whatever_the_case_of_its_letters()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "Nightly");
        using var held = repository.Lock("test");
        Assert.Equal(GrapCondition.BackupExists, Condition(() => repository.Begin("nightly", held)));
    }

    [Fact]
    public void Somebody_elses_file_is_neither_replaced_nor_removed()
    {
        var repository = Workshop.Open(_files);
        _files.CreateNew($"{Workshop.Folder}/mine.json")!.Append("{}"u8);
        _files.CreateNew($"{Workshop.Folder}/photo.grap")!.Append("not an archive"u8);
        _files.CreateNew($"{Workshop.Folder}/.notes.partial")!.Append("x"u8);
        using (var held = repository.Lock("test"))
            Assert.Equal(GrapCondition.BackupExists, Condition(() => repository.Begin("mine", held)));
        var reports = new List<string>();
        Assert.Empty(repository.List(reports.Add));
        Assert.Equal(3, reports.Count);
        Assert.Equal(GrapCondition.NotAnArchive, Condition(() => repository.Get("photo")));
        Assert.Superset(new HashSet<string> { "mine.json", "photo.grap", ".notes.partial" }, _files.Files(Workshop.Folder).Keys.ToHashSet());
    }

    [Fact]
    public void A_backup_that_is_not_there_says_where_to_look()
    {
        var error = Assert.Throws<GrapException>(() => Workshop.Open(_files).Get("missing"));
        Assert.Equal(GrapCondition.BackupNotFound, error.Condition);
        Assert.Contains("Get-GrapBackup", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void An_abandoned_backup_leaves_nothing()
    {
        var repository = Workshop.Open(_files);
        using (var held = repository.Lock("test"))
        {
            using var pending = repository.Begin("a", held);
            Workshop.Fill(pending.Archive, 3);
            pending.StartOver();
            Assert.Empty(repository.List());
        }
        Assert.Equal(["grap-repository.json"], _files.Files(Workshop.Folder).Keys);
    }

    [Fact]
    public void A_cancelled_publication_leaves_nothing()
    {
        var repository = Workshop.Open(_files);
        using (var held = repository.Lock("test"))
        {
            using var pending = repository.Begin("a", held);
            Workshop.Fill(pending.Archive, 3);
            Assert.ThrowsAny<OperationCanceledException>(() => pending.Publish(Workshop.Manifest("a"), new CancellationToken(true)));
        }
        Assert.Equal(["grap-repository.json"], _files.Files(Workshop.Folder).Keys);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"archive\":{\"length\":5},\"manifest\":{}}")]
    public void A_missing_or_damaged_summary_is_made_again_from_the_archive(string summary)
    {
        var repository = Workshop.Open(_files);
        var published = Workshop.Take(repository, "a");
        _files.Delete($"{Workshop.Folder}/a.json");
        if (summary != "missing")
            _files.CreateNew($"{Workshop.Folder}/a.json")!.Append(Encoding.UTF8.GetBytes(summary));
        var listed = Assert.Single(repository.List());
        Assert.Equal((published.CreatedAt, published.SizeBytes, published.ArchiveId, BackupStatus.Available),
            (listed.CreatedAt, listed.SizeBytes, listed.ArchiveId, listed.Status));
        Assert.Equal("neo4j", listed.Manifest!.Source.Database);
    }

    [Fact]
    public void An_archive_that_is_cut_changed_at_its_ends_or_newer_is_listed_as_what_it_is()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "a");
        var sound = _files.Files(Workshop.Folder)["a.grap"];
        AssertListed(sound[..^1], BackupStatus.Damaged, "cut off");
        AssertListed([], BackupStatus.Damaged, "empty");
        AssertListed([.. sound[..20], 0, .. sound[21..]], BackupStatus.Damaged, "header");
        AssertListed([.. sound[..^3], 0, .. sound[^2..]], BackupStatus.Damaged, "end mark");
        AssertListed([.. sound[..8], 9, .. sound[9..]], BackupStatus.Unsupported, "newer");
        _files.Delete($"{Workshop.Folder}/a.json");
        AssertListed(sound[..^1], BackupStatus.Damaged, "cut off");
        AssertListed(sound, BackupStatus.Available, null);
    }

    [Fact]
    public void Proofs_count_until_something_fails_and_only_for_the_same_archive()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "a");
        Assert.Equal(VerificationLevel.Structure, Prove(VerificationLevel.Structure).VerifiedLevel);
        Assert.Equal(VerificationLevel.Structure, Prove(VerificationLevel.Checksum).VerifiedLevel);
        Assert.Equal(VerificationLevel.Structure, Prove(VerificationLevel.Restore, VerificationOutcome.NotChecked).VerifiedLevel);

        var failed = Prove(VerificationLevel.Structure, VerificationOutcome.Failed, VerificationLevel.Checksum);
        Assert.Equal((VerificationLevel.Checksum, BackupStatus.Damaged), (failed.VerifiedLevel, failed.Status));
        Assert.Contains("Nodes 0", failed.Problem, StringComparison.Ordinal);
        Assert.Equal(BackupStatus.Damaged, Prove(VerificationLevel.Checksum).Status);
        Assert.Equal(BackupStatus.Available, Prove(VerificationLevel.Structure).Status);

        using (var held = repository.Lock("test"))
            repository.Remove("a", held, force: true);
        Assert.Equal(VerificationLevel.None, Workshop.Take(repository, "a").VerifiedLevel);

        Backup Prove(VerificationLevel level, VerificationOutcome outcome = VerificationOutcome.Passed, VerificationLevel? proven = null)
        {
            repository.RecordVerification(Workshop.Verified(repository, "a", level, outcome, proven));
            return Workshop.Open(_files).Get("a");
        }
    }

    [Fact]
    public void Pinned_and_last_verified_backups_are_removed_only_by_force()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "a");
        Workshop.Take(repository, "b");
        Workshop.Take(repository, "other", "other-database");
        repository.RecordVerification(Workshop.Verified(repository, "a", VerificationLevel.Checksum));
        repository.RecordVerification(Workshop.Verified(repository, "other", VerificationLevel.Checksum));
        using var held = repository.Lock("test");
        Assert.Equal(GrapCondition.LastVerifiedBackup, Condition(() => repository.Remove("a", held, force: false)));
        Assert.True(repository.SetProtected("b", true, held).Protected);
        Assert.Equal(GrapCondition.BackupProtected, Condition(() => repository.Remove("b", held, force: false)));
        Assert.False(repository.SetProtected("b", false, held).Protected);
        repository.RecordVerification(Workshop.Verified(repository, "b", VerificationLevel.Checksum));
        repository.Remove("a", held, force: false);
        repository.Remove("b", held, force: true);
        Assert.Equal(["other"], repository.List().Select(backup => backup.Id));
        Assert.Equal(["BackupRemoved", "BackupRemoved"], repository.Journal.Read().Select(entry => entry.Operation).TakeLast(2));
    }

    [Fact]
    public void What_is_no_repository_is_refused_by_kind()
    {
        Assert.Equal(GrapCondition.RepositoryUnavailable, Condition(() => Workshop.Open(_files, create: false)));
        var folder = Directory.CreateTempSubdirectory("grap-repository-").FullName;
        try
        {
            var file = Path.Combine(folder, "file");
            File.WriteAllText(file, "");
            Assert.Equal(GrapCondition.RepositoryInvalid, Condition(() => FolderRepository.Open(file, create: true)));
            Assert.Equal(GrapCondition.RepositoryUnavailable, Condition(() => FolderRepository.Open(folder, create: false)));
            File.WriteAllText(Path.Combine(folder, "grap-repository.json"), "{");
            Assert.Equal(GrapCondition.RepositoryInvalid, Condition(() => FolderRepository.Open(folder, create: true)));
            File.WriteAllText(Path.Combine(folder, "grap-repository.json"), "{\"format\":2}");
            Assert.Equal(GrapCondition.RepositoryInvalid, Condition(() => FolderRepository.Open(folder, create: true)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void On_a_real_disk_everything_is_for_its_owner_only()
    {
        var above = Directory.CreateTempSubdirectory("grap-repository-").FullName;
        try
        {
            var folder = Path.Combine(above, "made", "here");
            var repository = FolderRepository.Open(folder, create: true);
            Workshop.Take(repository, "a");
            repository.RecordVerification(Workshop.Verified(repository, "a", VerificationLevel.Checksum));
            using (repository.Lock("test"))
            {
                if (!OperatingSystem.IsWindows())
                {
                    foreach (var file in Directory.GetFiles(folder))
                        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
                    foreach (var made in new[] { folder, Path.GetDirectoryName(folder)! })
                        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made));
                }
            }
            Assert.Equal(folder, repository.Path);
            Assert.True(repository.FreeSpace > 0);
            Assert.Equal(VerificationLevel.Checksum, Assert.Single(repository.List()).VerifiedLevel);
            using var archive = repository.OpenArchive("a");
            archive.VerifyChecksum(null, CancellationToken.None);
            Assert.Equal(
                ["a.grap", "a.grap.sha256", "a.json", "grap-repository.json", "journal.jsonl"],
                Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(above, recursive: true);
        }
    }

    private void AssertListed(byte[] archive, BackupStatus status, string? problem)
    {
        _files.Delete($"{Workshop.Folder}/a.grap");
        _files.CreateNew($"{Workshop.Folder}/a.grap")!.Append(archive);
        var listed = Assert.Single(Workshop.Open(_files).List());
        Assert.Equal(status, listed.Status);
        if (problem is null)
            Assert.Null(listed.Problem);
        else
            Assert.Contains(problem, listed.Problem, StringComparison.OrdinalIgnoreCase);
    }

    private static GrapCondition Condition(Action action) => Assert.Throws<GrapException>(action).Condition;

    /// <summary>Says that it has five bytes, and has three.</summary>
    private sealed class EndsEarly : IReadableFile
    {
        public long Length => 5;

        public int ReadAt(long offset, Span<byte> destination)
        {
            var length = (int)Math.Max(0, Math.Min(destination.Length, 3 - offset));
            destination[..length].Clear();
            return length;
        }

        public void Dispose() { }
    }
}
