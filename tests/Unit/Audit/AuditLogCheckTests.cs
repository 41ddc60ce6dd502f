using System.Text;
using Grap.Audit;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Audit;

public sealed class AuditLogCheckTests
{
    private const string Path = $"{Workshop.Folder}/journal.jsonl";

    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public void A_log_that_backups_vouch_for_passes()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "one");
        Append(repository, "a", "b");
        Workshop.Take(repository, "two");
        Append(repository, "c");

        var result = Check();

        Assert.True(result.Passed, string.Join(" ", result.Problems));
        Assert.Equal((5, 4, 2), (result.Entries, result.VouchedThrough, result.Witnesses));
        Assert.Equal(repository.Journal.Head, result.Head);
        Assert.Null(result.FirstBrokenEntry);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void The_first_broken_entry_is_named(int line)
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "one");
        Append(repository, "a", "b", "c");
        var lines = Lines();
        lines[line] = lines[line].Replace("tester@host", "somebody@host", StringComparison.Ordinal);
        Replace(lines);

        var result = Check();

        Assert.True(result.Failed);
        Assert.Equal(line + 1, result.FirstBrokenEntry);
        Assert.Equal(line, result.Entries);
        Assert.Contains($"Line {line + 1} ", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_cut_off_behind_the_entry_that_a_backup_saw_is_noticed()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "one");
        Append(repository, "a", "b");
        Workshop.Take(repository, "two");
        // Whole entries are gone, and what is left is a sound chain: b, which backup two saw, and two's own.
        Replace(Lines()[..2]);

        var result = Check();

        Assert.True(result.Failed);
        Assert.Null(result.FirstBrokenEntry);
        Assert.Equal(2, result.Entries);
        Assert.Contains(result.Problems, problem => problem.Contains("when backup 'two' began", StringComparison.Ordinal));
        Assert.Contains(result.Problems, problem => problem.Contains("entry of backup 'two'", StringComparison.Ordinal));
    }

    [Fact]
    public void An_end_cut_off_up_to_the_newest_backup_is_noticed_by_its_own_entry()
    {
        var repository = Workshop.Open(_files);
        Append(repository, "a");
        Workshop.Take(repository, "one");
        Replace(Lines()[..1]);

        Assert.Contains("entry of backup 'one'", Assert.Single(Check().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_was_begun_anew_or_is_gone_fails()
    {
        var repository = Workshop.Open(_files);
        Append(repository, "a");
        Workshop.Take(repository, "one");
        _files.Delete(Path);
        Assert.True(Check().Failed);
        Append(Workshop.Open(_files), "b");
        Assert.True(Check().Failed);
    }

    [Fact]
    public void Nothing_passes_that_no_backup_vouches_for()
    {
        var repository = Workshop.Open(_files);
        Assert.Equal(VerificationOutcome.NotChecked, Check().Outcome);
        Append(repository, "a");
        var result = Check();
        Assert.Equal(VerificationOutcome.NotChecked, result.Outcome);
        Assert.Null(result.VouchedThrough);
        Assert.NotEmpty(result.Problems);
    }

    [Fact]
    public void A_backup_that_cannot_be_read_keeps_the_log_from_passing()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "one");
        Workshop.Take(repository, "two");
        Assert.True(Check().Passed);
        _files.Delete($"{Workshop.Folder}/two.json");
        var bytes = _files.Files(Workshop.Folder)["two.grap"];
        _files.Delete($"{Workshop.Folder}/two.grap");
        _files.CreateNew($"{Workshop.Folder}/two.grap")!.Append(bytes.AsSpan(0, bytes.Length - 200));

        var result = Check();

        Assert.Equal(VerificationOutcome.NotChecked, result.Outcome);
        Assert.Contains("'two'", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_of_another_repository_vouches_for_nothing_here()
    {
        Workshop.Take(Workshop.Open(_files), "foreign");
        var other = new SimulatedFileSystem();
        var repository = Workshop.Open(other);
        Append(repository, "a");
        foreach (var (name, bytes) in _files.Files(Workshop.Folder).Where(file => file.Key.StartsWith("foreign", StringComparison.Ordinal)))
            other.CreateNew($"{Workshop.Folder}/{name}")!.Append(bytes);

        Assert.Equal(0, AuditLogCheck.Run(Workshop.Open(other), CancellationToken.None).Witnesses);
    }

    private AuditLogResult Check() => AuditLogCheck.Run(Workshop.Open(_files), CancellationToken.None);

    private static void Append(FolderRepository repository, params string[] operations)
    {
        foreach (var operation in operations)
            repository.Journal.Append(new JournalEntry { Operation = operation, EntityType = "test" });
    }

    private string[] Lines() => Encoding.UTF8.GetString(_files.Files(Workshop.Folder)["journal.jsonl"]).Split('\n')[..^1];

    private void Replace(string[] lines)
    {
        _files.Delete(Path);
        _files.CreateNew(Path)!.Append(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }
}
