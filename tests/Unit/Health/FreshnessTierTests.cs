using Grap.Backups;
using Grap.Health;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Health;

public sealed class FreshnessTierTests
{
    private readonly SimulatedFileSystem _files = new();
    private readonly FakeTime _time = new() { RunsByItself = true };

    [Fact]
    public void A_recent_proven_backup_passes_and_is_measured()
    {
        var repository = Workshop.Open(_files, _time);
        Take(repository, "a");
        Take(repository, "b");
        Prove(repository, "a", VerificationLevel.Restore);
        Prove(repository, "b", VerificationLevel.Checksum);
        _time.Advance(TimeSpan.FromHours(5));

        var (finding, freshness) = Check();

        Assert.Equal((TierStatus.Pass, "Last backup 'b' is 5 hours old, last proven 'b' (Checksum) 5 hours"), (finding.Status, finding.Message));
        Assert.Equal(("b", "b", "a"), (freshness!.LastBackup!.Id, freshness.LastProven!.Id, freshness.LastRestored!.Id));
        Assert.Equal(TimeSpan.FromHours(5), freshness.LastBackupAge);
        Assert.Equal(1, freshness.SizeRatio);
    }

    [Fact]
    public void Without_a_repository_nothing_is_claimed()
    {
        Assert.Equal(TierStatus.Skip, Check().Finding.Status);
        var tier = new FreshnessTier(new HealthOptions(), new BackupShelf(null, "neo4j", null), _time);
        Assert.Equal(TierStatus.Skip, tier.Check().Status);
    }

    [Fact]
    public void Without_a_backup_of_this_database_it_fails()
    {
        Take(Workshop.Open(_files, _time), "x", "other");
        var (finding, freshness) = Check();
        Assert.Equal((TierStatus.Fail, "There is no good backup of database neo4j"), (finding.Status, finding.Message));
        Assert.Null(freshness!.LastBackup);
    }

    [Fact]
    public void A_backup_that_is_too_old_fails_and_one_that_nobody_proved_warns()
    {
        Take(Workshop.Open(_files, _time), "a");
        Assert.Equal((TierStatus.Warn, "No good backup was proven"), Result());
        _time.Advance(TimeSpan.FromHours(27));
        var finding = Check().Finding;
        Assert.Equal(TierStatus.Fail, finding.Status);
        Assert.Equal(["The last good backup, 'a', is 27 hours old; 26 hours are allowed", "No good backup was proven"], finding.Findings);
    }

    [Fact]
    public void A_proof_that_is_too_old_warns()
    {
        var repository = Workshop.Open(_files, _time);
        Take(repository, "a");
        Prove(repository, "a", VerificationLevel.Restore);
        _time.Advance(TimeSpan.FromDays(9));
        Take(repository, "b");
        Assert.Equal((TierStatus.Warn, "The last proven backup, 'a', is 9 days old; 8 days are allowed"), Result());
    }

    [Fact]
    public void A_damaged_newest_backup_fails_although_there_is_a_good_one()
    {
        var repository = Workshop.Open(_files, _time);
        Take(repository, "a");
        Prove(repository, "a", VerificationLevel.Structure);
        Take(repository, "b");
        repository.RecordVerification(Workshop.Verified(repository, "b", VerificationLevel.Structure, VerificationOutcome.Failed));
        Assert.Equal((TierStatus.Fail, "The newest backup, 'b', is damaged: Block Nodes 0 part 0 is damaged."), Result());
    }

    [Fact]
    public void Failed_attempts_and_a_shrunken_graph_warn()
    {
        var repository = Workshop.Open(_files, _time);
        for (var i = 0; i < 4; i++)
            Take(repository, $"b{i}", blocks: 4);
        Take(repository, "small", blocks: 1);
        Prove(repository, "small", VerificationLevel.Structure);
        repository.Journal.Append(new JournalEntry { Operation = "BackupCreated", Result = JournalResult.Failure });
        var finding = Check().Finding;
        Assert.Equal(TierStatus.Warn, finding.Status);
        Assert.Equal("1 attempts to take a backup have failed since the last good one", finding.Findings[0]);
        Assert.StartsWith("Backup 'small' has 2", finding.Findings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_of_the_future_warns_of_a_clock()
    {
        var repository = Workshop.Open(_files, _time);
        Take(repository, "a");
        Prove(repository, "a", VerificationLevel.Structure);
        var earlier = new FakeTime();
        var tier = new FreshnessTier(new HealthOptions(), Shelf(), earlier);
        Assert.Contains("clock", tier.Check().Message, StringComparison.Ordinal);
    }

    private (TierStatus, string) Result() => Check().Finding is var finding ? (finding.Status, finding.Message) : default;

    private (TierFinding Finding, BackupFreshness? Freshness) Check()
    {
        var tier = new FreshnessTier(new HealthOptions(), Shelf(), _time);
        return (tier.Check(), tier.Freshness);
    }

    private BackupShelf Shelf() => new(Workshop.Folder, "neo4j", null, Workshop.Options(_files, _time));

    private void Take(FolderRepository repository, string id, string database = "neo4j", int blocks = 2)
    {
        _time.Advance(TimeSpan.FromHours(1));
        using var held = repository.Lock("test");
        using var pending = repository.Begin(id, held);
        Workshop.Fill(pending.Archive, blocks);
        var now = _time.GetUtcNow();
        pending.Publish(Workshop.Manifest(id, database) with { StartedAt = now, CompletedAt = now }, CancellationToken.None);
    }

    private void Prove(FolderRepository repository, string id, VerificationLevel level) => repository.RecordVerification(
        Workshop.Verified(repository, id, level) with { CheckedAt = _time.GetUtcNow() });
}
