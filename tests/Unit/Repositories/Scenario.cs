using System.Security.Cryptography;
using System.Text;
using Grap.Backups;
using Grap.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

/// <summary>What a run was told is done; from then on no failure may take it back.</summary>
internal sealed class Acknowledged
{
    public Guid? Repository { get; set; }
    public HashSet<string> Published { get; } = [];
    public HashSet<string> Removed { get; } = [];
    public HashSet<string> Proven { get; } = [];
    public HashSet<string> Pinned { get; } = [];
    public HashSet<string> Trashed { get; } = [];
    public HashSet<string> Purged { get; } = [];
    public HashSet<string> BroughtBack { get; } = [];

    /// <summary>Whether a backup was to be deleted for good, so that it may be nowhere.</summary>
    public bool Deletes { get; set; }
}

/// <summary>Something done to a repository, which may be interrupted at any call; and what must hold afterwards,
/// whatever happened.</summary>
internal sealed record Scenario(string Name, Func<SimulatedFileSystem> Start, Action<SimulatedFileSystem, Acknowledged> Run)
{
    /// <summary>Backups that were there before.</summary>
    private static readonly string[] Earlier = ["first", "second"];

    public static readonly Scenario[] All =
    [
        new("create a repository", () => new SimulatedFileSystem(), (files, done) =>
            done.Repository = Workshop.Open(files).Id),

        new("take the first backup", EmptyRepository, (files, done) =>
        {
            Workshop.Take(Workshop.Open(files), "new");
            done.Published.Add("new");
        }),

        new("take a backup", RepositoryWithBackups, (files, done) =>
        {
            Workshop.Take(Workshop.Open(files), "new");
            done.Published.Add("new");
        }),

        new("take a backup and start its archive over", RepositoryWithBackups, (files, done) =>
        {
            var repository = Workshop.Open(files);
            using var held = repository.Lock("test");
            using var pending = repository.Begin("new", held);
            Workshop.Fill(pending.Archive, 2);
            var entries = pending.Archive.Entries;
            var (fresh, previous) = pending.StartOver();
            fresh.CopyFrom(previous, entries[1]);
            pending.Publish(Workshop.Manifest("new"), CancellationToken.None);
            done.Published.Add("new");
        }),

        new("prove and pin a backup", RepositoryWithBackups, (files, done) =>
        {
            var repository = Workshop.Open(files);
            repository.RecordVerification(Workshop.Verified(repository, "second", VerificationLevel.Structure));
            done.Proven.Add("second");
            using var held = repository.Lock("test");
            repository.SetProtected("second", true, held);
            done.Pinned.Add("second");
        }),

        new("remove a backup", RepositoryWithBackups, (files, done) =>
        {
            done.Deletes = true;
            var repository = Workshop.Open(files);
            using var held = repository.Lock("test");
            repository.Remove("second", held, force: false);
            done.Removed.Add("second");
        }),

        new("move a backup to the trash", RepositoryWithBackups, (files, done) =>
        {
            MoveToTrash(files);
            done.Trashed.Add("second");
        }),

        new("bring a backup back from the trash", RepositoryWithTrash, (files, done) =>
        {
            BringBack(files);
            done.BroughtBack.Add("second");
        }),

        new("purge a backup", RepositoryWithTrash, (files, done) =>
        {
            done.Deletes = true;
            Purge(files);
            done.Purged.Add("second");
        }),

        new("append to a journal with a torn end", RepositoryWithTornJournal, (files, done) =>
        {
            var repository = Workshop.Open(files);
            repository.RecordVerification(Workshop.Verified(repository, "second", VerificationLevel.Structure));
            done.Proven.Add("second");
        }),

        new("clean up after a killed publication", AfterKilledPublication, (files, done) =>
        {
            using var held = Workshop.Open(files).Lock("test");
            done.Published.Add("new");
        }),

        new("clean up after a killed removal", AfterKilledRemoval, (files, done) =>
        {
            done.Deletes = true;
            using var held = Workshop.Open(files).Lock("test");
            done.Removed.Add("second");
        }),

        new("clean up after a killed move to the trash", AfterKilled(RepositoryWithBackups, MoveToTrash), (files, done) =>
        {
            using var held = Workshop.Open(files).Lock("test");
            done.Trashed.Add("second");
        }),

        new("clean up after a killed bringing back", AfterKilled(RepositoryWithTrash, BringBack), (files, done) =>
        {
            using var held = Workshop.Open(files).Lock("test");
            done.BroughtBack.Add("second");
        }),

        new("clean up after a killed purge", AfterKilled(RepositoryWithTrash, Purge), (files, done) =>
        {
            done.Deletes = true;
            using var held = Workshop.Open(files).Lock("test");
            done.Purged.Add("second");
        }),
    ];

    /// <summary>Lets the power fail before every call that writes and at the end, and checks everything that may be
    /// left. Returns how many states were checked.</summary>
    public int FailPowerEverywhere(int? leaveOutSync = null)
    {
        var rehearsal = Start();
        Run(rehearsal, new Acknowledged());
        // Before a call that only reads, the disk is as before the next one that writes; and a sync left out is missed
        // only later.
        var calls = Enumerable.Range(1, rehearsal.Calls).Where(call => SimulatedFileSystem.Writes(rehearsal.Log[call - 1]));
        var firstCall = leaveOutSync is { } number ? rehearsal.CallOfSync(number) : 1;
        var states = 0;
        foreach (var call in calls.Where(call => call >= firstCall).Append(rehearsal.Calls + 1))
        {
            var files = Start();
            files.PowerFailsAt = call;
            files.LeaveOutSync = leaveOutSync;
            var done = RunUntilPowerFails(files);
            foreach (var survivor in files.AfterPowerFailure())
            {
                Check(survivor, done, $"{Name}: power failure at call {call} ({files.Log[^1]})", NamesNobody(files.Log[^1]));
                states++;
            }
        }
        return states;
    }

    /// <summary>What must hold in any state that an interruption may leave.</summary>
    public static void Check(SimulatedFileSystem files, Acknowledged done, string when, bool mayWait)
    {
        try
        {
            if (Reader(files) is not { } reader)
            {
                Assert.Null(done.Repository);
                Assert.Empty(done.Published);
            }
            else
            {
                if (done.Repository is { } id)
                    Assert.Equal(id, reader.Id);
                CheckBackups(reader, files, done);
            }
            CheckNextRun(files, done, mayWait);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{when}: {error.Message}", error);
        }
    }

    /// <summary>A crash between the creation of a lock and its owner's name being on the disk: the next run watches it
    /// for some seconds.</summary>
    private static bool NamesNobody(string lastCall) =>
        lastCall.StartsWith("append ", StringComparison.Ordinal) && lastCall.Contains("lock", StringComparison.Ordinal)
        || lastCall.StartsWith("sync ", StringComparison.Ordinal) && lastCall.Contains("lock", StringComparison.Ordinal);

    private Acknowledged RunUntilPowerFails(SimulatedFileSystem files)
    {
        var done = new Acknowledged();
        try
        {
            Run(files, done);
        }
        catch (PowerFailure)
        {
            // What the test is about.
        }
        return done;
    }

    private static FolderRepository? Reader(SimulatedFileSystem files)
    {
        try
        {
            return Workshop.Open(files, create: false);
        }
        catch (GrapException error) when (error.Condition == GrapCondition.RepositoryUnavailable)
        {
            return null;
        }
    }

    private static void CheckBackups(FolderRepository repository, SimulatedFileSystem files, Acknowledged done)
    {
        var backups = repository.List().ToDictionary(backup => backup.Id, StringComparer.Ordinal);
        foreach (var backup in backups.Values)
        {
            Assert.Equal(BackupStatus.Available, backup.Status);
            using var archive = repository.OpenArchive(backup.Id);
            archive.VerifyChecksum(null, CancellationToken.None);
            CheckSidecars(files, backup.Id);
        }
        if (files.Files(Workshop.Folder).ContainsKey("was-there-before.txt"))
            Assert.All(Earlier, id => Assert.True(backups.ContainsKey(id) || id == "second"));
        Assert.All(done.Published, id => Assert.Contains(id, backups.Keys));
        Assert.All(done.Removed, id => Assert.DoesNotContain(id, backups.Keys));
        Assert.All(done.Proven, id => Assert.Equal(VerificationLevel.Structure, backups[id].VerifiedLevel));
        Assert.All(done.Pinned, id => Assert.True(backups[id].Protected));
        var journal = repository.Journal.Read().ToList();
        Assert.All(done.Published, id => Assert.Contains(journal, entry => entry.Operation == "BackupCreated" && entry.EntityId == id));
        Assert.All(done.Removed, id => Assert.Contains(journal, entry => entry.Operation == "BackupRemoved" && entry.EntityId == id));
        Assert.All(journal.Where(entry => entry.Operation == "BackupRemoved"), entry => Assert.DoesNotContain(entry.EntityId, backups.Keys));
        CheckTrash(repository, files, done, backups.Keys, journal);
        if (backups.TryGetValue("first", out var first))
        {
            Assert.True(first.Protected);
            Assert.Equal(VerificationLevel.Checksum, first.VerifiedLevel);
        }
    }

    private static void CheckTrash(
        FolderRepository repository, SimulatedFileSystem files, Acknowledged done, ICollection<string> live,
        List<JournalEntry> journal)
    {
        var trash = repository.ListTrash().ToList();
        Assert.All(trash, backup => Assert.Equal(BackupStatus.Available, backup.Status));
        Assert.All(trash, backup => Assert.DoesNotContain(backup.Id, live));
        // Nowhere, or in both places: neither may ever be.
        if (files.Files(Workshop.Folder).ContainsKey("was-there-before.txt") && !done.Deletes)
            Assert.Contains("second", live.Concat(trash.Select(backup => backup.Id)));
        Assert.All(done.Trashed, id => Assert.Contains(id, trash.Select(backup => backup.Id)));
        Assert.All(done.Trashed, id => Assert.Contains(journal, entry => entry.Operation == "BackupTrashed" && entry.EntityId == id));
        Assert.All(done.BroughtBack, id => Assert.Contains(id, live));
        Assert.All(done.BroughtBack, id => Assert.Contains(journal, entry => entry.Operation == "BackupRemovalUndone" && entry.EntityId == id));
        Assert.All(done.Purged, id => Assert.DoesNotContain(id, trash.Select(backup => backup.Id).Concat(live)));
        Assert.All(journal.Where(entry => entry.Operation == "BackupPurged"), entry => Assert.Empty(trash));
    }

    private static void CheckSidecars(SimulatedFileSystem files, string id)
    {
        var all = files.Files(Workshop.Folder);
        Assert.NotNull(BackupSummary.TryParse(all[$"{id}.json"]));
        var hash = Convert.ToHexString(SHA256.HashData(all[$"{id}.grap"])).ToLowerInvariant();
        Assert.Equal($"{hash}  {id}.grap\n", Encoding.ASCII.GetString(all[$"{id}.grap.sha256"]));
    }

    /// <summary>The next run, another process: has the lock at once, cleans up, and can work.</summary>
    private static void CheckNextRun(SimulatedFileSystem files, Acknowledged done, bool mayWait)
    {
        var time = new FakeTime { RunsByItself = true };
        var repository = Workshop.Open(files, time);
        repository.Lock("next").Dispose();
        var ids = repository.List(report => Assert.StartsWith("'was-there-before.txt'", report, StringComparison.Ordinal))
            .Select(backup => backup.Id).ToList();
        var trash = repository.ListTrash().ToList();
        var expected = ids.SelectMany(id => new[] { $"{id}.grap", $"{id}.grap.sha256", $"{id}.json" })
            .Concat(trash.Select(backup => $".{backup.Id}.{backup.ArchiveId:N}.trashed"))
            .Concat(["grap-repository.json", "journal.jsonl", "was-there-before.txt"]);
        Assert.Empty(files.Files(Workshop.Folder).Keys.Except(expected));
        var alive = new HashSet<string>();
        var trashed = new HashSet<string>();
        foreach (var entry in repository.Journal.Read())
        {
            if (entry.Operation == "BackupCreated")
                Assert.True(alive.Add(entry.EntityId), $"{entry.EntityId} was created twice.");
            else if (entry.Operation == "BackupRemoved")
                Assert.True(alive.Remove(entry.EntityId), $"{entry.EntityId} was removed twice.");
            else if (entry.Operation == "BackupTrashed")
                Assert.True(alive.Remove(entry.EntityId) && trashed.Add(entry.EntityId), $"{entry.EntityId} was trashed twice.");
            else if (entry.Operation == "BackupRemovalUndone")
                Assert.True(alive.Add(entry.EntityId) && trashed.Remove(entry.EntityId), $"{entry.EntityId} came back twice.");
            else if (entry.Operation == "BackupPurged")
                Assert.True(trashed.Remove(entry.EntityId), $"{entry.EntityId} was purged twice.");
        }
        Assert.Equal(ids.Order(), alive.Order());
        Assert.Equal(trash.Select(backup => backup.Id).Order(), trashed.Order());
        Workshop.Take(repository, "after");
        CheckBackups(repository, files, done);
        Assert.InRange(time.Waited, TimeSpan.Zero, mayWait ? TimeSpan.FromSeconds(15) : TimeSpan.Zero);
    }

    private static SimulatedFileSystem EmptyRepository()
    {
        var files = new SimulatedFileSystem();
        Workshop.Open(files);
        return files.AfterKill();
    }

    private static SimulatedFileSystem RepositoryWithBackups()
    {
        var files = new SimulatedFileSystem();
        FillWithBackups(files);
        return files.AfterKill();
    }

    private static void FillWithBackups(SimulatedFileSystem files)
    {
        var repository = Workshop.Open(files);
        files.CreateNew($"{Workshop.Folder}/was-there-before.txt")!.Append("not Grap's"u8);
        Workshop.Take(repository, "first");
        Workshop.Take(repository, "second");
        using var held = repository.Lock("test");
        repository.SetProtected("first", true, held);
        repository.RecordVerification(Workshop.Verified(repository, "first", VerificationLevel.Checksum));
    }

    private static SimulatedFileSystem RepositoryWithTornJournal()
    {
        var files = RepositoryWithBackups();
        files.OpenAppend($"{Workshop.Folder}/journal.jsonl")!.Append("{\"seq\":6,\"timesta"u8);
        return files.AfterKill();
    }

    /// <summary>A run was killed right after the rename that commits, before it could sync it.</summary>
    private static SimulatedFileSystem AfterKilledPublication() =>
        KillAtLastFolderSync(RepositoryWithBackups(), files => Workshop.Take(Workshop.Open(files), "new"));

    private static SimulatedFileSystem AfterKilledRemoval() => KillAtLastFolderSync(RepositoryWithBackups(), files =>
    {
        var repository = Workshop.Open(files);
        using var held = repository.Lock("test");
        repository.Remove("second", held, force: false);
    });

    private static SimulatedFileSystem RepositoryWithTrash()
    {
        var files = RepositoryWithBackups();
        MoveToTrash(files);
        return files.AfterKill();
    }

    private static void MoveToTrash(SimulatedFileSystem files)
    {
        var repository = Workshop.Open(files);
        using var held = repository.Lock("test");
        repository.MoveToTrash("second", held, "No rule keeps it.");
    }

    private static void BringBack(SimulatedFileSystem files)
    {
        var repository = Workshop.Open(files);
        using var held = repository.Lock("test");
        repository.UndoRemoval("second", held, CancellationToken.None);
    }

    private static void Purge(SimulatedFileSystem files)
    {
        var repository = Workshop.Open(files);
        using var held = repository.Lock("test");
        repository.Purge(repository.ListTrash().Single(), held);
    }

    private static Func<SimulatedFileSystem> AfterKilled(
        Func<SimulatedFileSystem> start, Action<SimulatedFileSystem> run) => () => KillAtLastFolderSync(start(), run);

    private static SimulatedFileSystem KillAtLastFolderSync(SimulatedFileSystem files, Action<SimulatedFileSystem> run)
    {
        var rehearsal = files.AfterKill();
        run(rehearsal);
        files.PowerFailsAt = rehearsal.Log.LastIndexOf($"sync folder {Workshop.Folder}") + 1;
        Assert.Throws<PowerFailure>(() => run(files));
        files.GoOn();
        return files;
    }
}
