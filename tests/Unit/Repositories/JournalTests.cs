using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Grap.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

public sealed class JournalTests
{
    private const string Path = $"{Workshop.Folder}/journal.jsonl";

    [Fact]
    public void Entries_come_back_in_order_with_everything_they_held()
    {
        var (repository, _) = Empty();
        Gen.Select(Gen.String, Gen.String, Gen.String).Array[1, 4].Sample(texts =>
        {
            foreach (var (operation, id, detail) in texts)
                repository.Journal.Append(new JournalEntry
                {
                    Operation = operation, EntityId = id, Details = new Dictionary<string, string> { ["hash"] = detail, ["a"] = "\n\"}" },
                });
            var last = repository.Journal.Read().TakeLast(texts.Length).ToList();
            for (var i = 0; i < texts.Length; i++)
            {
                Assert.Equal(Utf8(texts[i].Item1), last[i].Operation);
                Assert.Equal(Utf8(texts[i].Item2), last[i].EntityId);
                Assert.Equal(Utf8(texts[i].Item3), last[i].Details["hash"]);
                Assert.Equal("tester@host", last[i].Actor);
            }
        }, iter: 50, threads: 1);
        Assert.Equal(Enumerable.Range(1, repository.Journal.Read().Count()).Select(i => (long)i),
            repository.Journal.Read().Select(entry => entry.Sequence));
    }

    [Fact]
    public void The_chain_can_be_checked_with_sha256_alone()
    {
        var (repository, files) = Empty();
        Append(repository, "one", "two", "three");
        var previous = new string('0', 64);
        foreach (var line in Encoding.UTF8.GetString(files.Files(Workshop.Folder)["journal.jsonl"]).TrimEnd('\n').Split('\n'))
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal(previous, json.RootElement.GetProperty("previous").GetString());
            previous = json.RootElement.GetProperty("hash").GetString();
            var body = line[..line.LastIndexOf(",\"hash\":", StringComparison.Ordinal)];
            Assert.Equal(previous, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(body))).ToLowerInvariant());
        }
        Assert.Equal(previous, repository.Journal.Head);
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    public void Every_byte_changed_is_noticed(int change)
    {
        var (repository, files) = Empty();
        Append(repository, "one", "two", "three");
        var sound = files.Files(Workshop.Folder)["journal.jsonl"];
        for (var place = 0; place < sound.Length; place++)
        {
            var bytes = (byte[])sound.Clone();
            bytes[place] ^= (byte)change;
            AssertCorrupt(bytes, $"byte {place}");
            bytes[place] = (byte)'\n';
            if (sound[place] != '\n')
                AssertCorrupt(bytes, $"line end at {place}");
        }
    }

    [Fact]
    public void Lines_removed_doubled_or_exchanged_are_noticed_and_named()
    {
        var (repository, files) = Empty();
        Append(repository, "one", "two", "three");
        var lines = Encoding.UTF8.GetString(files.Files(Workshop.Folder)["journal.jsonl"]).Split('\n')[..^1];
        AssertCorrupt(Join(lines[1], lines[2]), "without the first");
        AssertCorrupt(Join(lines[0], lines[2]), "without the second");
        AssertCorrupt(Join(lines[0], lines[0], lines[1]), "doubled");
        var error = AssertCorrupt(Join(lines[0], lines[2], lines[1]), "exchanged");
        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_torn_by_a_crash_is_not_an_entry_and_is_kept_by_the_next_append()
    {
        var (repository, files) = Empty();
        Append(repository, "one", "two");
        var sound = files.Files(Workshop.Folder)["journal.jsonl"];
        var lastLine = Array.LastIndexOf(sound, (byte)'\n', sound.Length - 2) + 1;
        for (var length = lastLine + 1; length < sound.Length - 1; length++)
        {
            var torn = With(sound[..length]);
            var journal = Workshop.Open(torn).Journal;
            Assert.Equal("one", Assert.Single(journal.Read()).Operation);
            journal.Append(new JournalEntry { Operation = "next" });
            Assert.Equal(["one", "JournalRepaired", "next"], journal.Read().Select(entry => entry.Operation));
            var kept = Convert.FromBase64String(journal.Read().ElementAt(1).Details["tornLine"]);
            Assert.Equal(sound[lastLine..length], kept);
            Assert.Equal(journal.Head, Workshop.Open(torn).Journal.Head);
        }
    }

    [Fact]
    public void An_entry_that_lacks_only_its_line_end_is_an_entry()
    {
        var (repository, files) = Empty();
        Append(repository, "one", "two");
        var journal = Workshop.Open(With(files.Files(Workshop.Folder)["journal.jsonl"][..^1])).Journal;
        Assert.Equal(["one", "two"], journal.Read().Select(entry => entry.Operation));
        journal.Append(new JournalEntry { Operation = "three" });
        Assert.Equal(["one", "two", "three"], journal.Read().Select(entry => entry.Operation));
    }

    [Fact]
    public void A_journal_cut_short_under_an_open_repository_is_noticed()
    {
        var (repository, files) = Empty();
        Append(repository, "one", "two");
        files.Delete(Path);
        Assert.Equal(GrapCondition.JournalCorrupt, Assert.Throws<GrapException>(() => repository.Journal.Head).Condition);
    }

    [Fact]
    public void A_damaged_journal_stops_writing_but_not_listing()
    {
        var (repository, files) = Empty();
        Workshop.Take(repository, "a");
        var bytes = files.Files(Workshop.Folder)["journal.jsonl"];
        bytes[20] ^= 1;
        files.Delete(Path);
        files.CreateNew(Path)!.Append(bytes);
        var reports = new List<string>();
        var other = Workshop.Open(files);
        Assert.Equal("a", Assert.Single(other.List(reports.Add)).Id);
        Assert.Contains(reports, report => report.Contains("Line 1", StringComparison.Ordinal));
        Assert.Equal(GrapCondition.JournalCorrupt, Assert.Throws<GrapException>(() => other.Lock("test")).Condition);
        Assert.DoesNotContain("lock", files.Files(Workshop.Folder).Keys);
    }

    [Fact]
    public void An_entry_is_appended_after_a_look_at_the_end_alone()
    {
        var (repository, files) = Empty();
        Append(repository, [.. Enumerable.Range(1, 200).Select(number => $"operation {number}")]);
        var sound = files.Files(Workshop.Folder)["journal.jsonl"];
        var bytes = (byte[])sound.Clone();
        bytes[20] ^= 1;
        foreach (var end in (int[])[bytes.Length, bytes.Length - 1, bytes.Length - 30])
        {
            // The entry that breaks the chain is far from the end: it stops whoever reads it, and nobody who appends.
            var damaged = With(bytes[..end]);
            var journal = Workshop.Open(damaged).Journal;
            journal.Append(new JournalEntry { Operation = "next" });
            Assert.Equal(GrapCondition.JournalCorrupt, Assert.Throws<GrapException>(journal.Read).Condition);

            var whole = With(sound[..end]);
            Workshop.Open(whole).Journal.Append(new JournalEntry { Operation = "next" });
            var entries = Workshop.Open(whole).Journal.Read().ToList();
            Assert.Equal("next", entries[^1].Operation);
            Assert.Equal(entries[^1].Hash, Workshop.Open(whole).Journal.Head);
        }
    }

    [Fact]
    public void A_broken_end_takes_no_entry()
    {
        var (repository, files) = Empty();
        Append(repository, [.. Enumerable.Range(1, 200).Select(number => $"operation {number}")]);
        var bytes = files.Files(Workshop.Folder)["journal.jsonl"];
        bytes[^100] ^= 1;
        var journal = Workshop.Open(With(bytes)).Journal;
        var error = Assert.Throws<GrapException>(() => journal.Append(new JournalEntry { Operation = "next" }));
        Assert.Equal(GrapCondition.JournalCorrupt, error.Condition);
        Assert.Contains("Line 200 ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(150)]
    [InlineData(199)]
    [InlineData(200)]
    public void What_came_after_a_known_entry_can_be_read_by_itself(int known)
    {
        var (repository, _) = Empty();
        Append(repository, [.. Enumerable.Range(1, 200).Select(number => $"operation {number}")]);
        var all = repository.Journal.Read().ToList();
        if (known == 0)
        {
            Assert.Null(repository.Journal.ReadAfter(1, all[1].Hash));
            Assert.Null(repository.Journal.ReadAfter(201, all[1].Hash));
            return;
        }
        Assert.Equal(all.Skip(known).Select(entry => entry.Hash),
            repository.Journal.ReadAfter(known, all[known - 1].Hash)!.Select(entry => entry.Hash));
    }

    [Fact]
    public void Many_writers_at_once_lose_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("grap-journal-").FullName;
        try
        {
            FolderRepository.Open(folder, create: true);
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, writer =>
            {
                var journal = FolderRepository.Open(folder, create: false).Journal;
                for (var i = 0; i < 10; i++)
                    journal.Append(new JournalEntry { Operation = $"{writer}/{i}" });
            });
            Assert.Equal(40, FolderRepository.Open(folder, create: false).Journal.Read().DistinctBy(entry => entry.Operation).Count());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (FolderRepository Repository, SimulatedFileSystem Files) Empty()
    {
        var files = new SimulatedFileSystem();
        return (Workshop.Open(files), files);
    }

    private static void Append(FolderRepository repository, params string[] operations)
    {
        foreach (var operation in operations)
            repository.Journal.Append(new JournalEntry { Operation = operation, EntityId = "id" });
    }

    private static byte[] Join(params string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Unpaired surrogates have no UTF-8 form.</summary>
    private static string Utf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static SimulatedFileSystem With(byte[] journal)
    {
        var files = Empty().Files;
        files.CreateNew(Path)!.Append(journal);
        return files;
    }

    private static GrapException AssertCorrupt(byte[] journal, string what)
    {
        var error = Record.Exception(() => Workshop.Open(With(journal)).Journal.Read()) as GrapException;
        Assert.True(error?.Condition == GrapCondition.JournalCorrupt, $"Accepted: {what}.");
        return error;
    }
}
