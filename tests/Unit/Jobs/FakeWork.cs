using Grap.Audit;
using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Grap.Verification;

namespace Grap.Tests.Unit.Jobs;

/// <summary>A server that always does what it is asked, unless a test says otherwise.</summary>
internal sealed class FakeWork : IJobWork
{
    private int _taken;

    /// <summary>Called instead of taking a backup.</summary>
    public Func<FolderRepository, CancellationToken, Task<Backup>>? Taking { get; set; }

    /// <summary>How verifications end.</summary>
    public VerificationOutcome Outcome { get; set; } = VerificationOutcome.Passed;

    /// <summary>When they say that they ended.</summary>
    public DateTimeOffset CheckedAt { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What retention throws.</summary>
    public Exception? RetentionFailure { get; set; }

    /// <summary>What a check of health finds or throws.</summary>
    public Func<CancellationToken, Task<HealthReport>> Checking { get; set; } =
        static _ => Task.FromResult(Report(TierStatus.Pass));

    /// <summary>How often health was checked.</summary>
    public int Checked { get; private set; }

    /// <summary>The levels that were asked for.</summary>
    public List<VerificationLevel> Levels { get; } = [];

    /// <summary>How often retention was applied.</summary>
    public int Retained { get; private set; }

    /// <summary>How often the journal was shown.</summary>
    public int Shown { get; private set; }

    public Task<Backup> TakeAsync(FolderRepository repository, CancellationToken cancellation) =>
        Taking is { } taking
            ? taking(repository, cancellation)
            : Task.FromResult(Workshop.Take(repository, $"b{repository.List().Count()}-{++_taken}"));

    public Task<VerificationResult> VerifyAsync(
        FolderRepository repository, string id, VerificationLevel level, CancellationToken cancellation)
    {
        Levels.Add(level);
        var result = Workshop.Verified(repository, id, level, Outcome) with { CheckedAt = CheckedAt };
        if (Outcome == VerificationOutcome.NotChecked)
            result = result with { Condition = GrapCondition.ScratchServerUnavailable, Problems = ["No Neo4j here."] };
        repository.RecordVerification(result);
        return Task.FromResult(result);
    }

    public Task<string> RetainAsync(FolderRepository repository, AuditTrail trail, CancellationToken cancellation)
    {
        if (RetentionFailure is not null)
            throw RetentionFailure;
        Retained++;
        return Task.FromResult("Nothing to remove");
    }

    public Task<HealthReport> CheckHealthAsync(string repository, CancellationToken cancellation)
    {
        Checked++;
        return Checking(cancellation);
    }

    /// <summary>The report of a single check.</summary>
    public static HealthReport Report(TierStatus status) => new()
    {
        Timestamp = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Address = "bolt://localhost:7687",
        Database = "neo4j",
        Duration = TimeSpan.FromSeconds(1),
        Checks =
        [
            new HealthTier
            {
                Name = HealthTier.Connectivity, Status = status, Message = "", Duration = TimeSpan.FromSeconds(1),
                Limit = TimeSpan.FromSeconds(5),
            },
        ],
    };

    public Task ShowAsync(AuditTrail trail, CancellationToken cancellation)
    {
        Shown++;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;
}
