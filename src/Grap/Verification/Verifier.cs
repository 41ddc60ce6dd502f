using Grap.Backups;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Verification;

/// <summary>Proves backups.</summary>
public sealed class Verifier
{
    private readonly TimeProvider _time;
    private readonly ScratchOptions _scratch;

    /// <summary>Creates a verifier.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="scratch">Where scratch servers for the level Restore come from; null for what this machine
    /// has.</param>
    public Verifier(TimeProvider? time = null, ScratchOptions? scratch = null)
    {
        _time = time ?? TimeProvider.System;
        _scratch = scratch ?? new ScratchOptions();
    }

    /// <summary>
    /// Checks one backup and writes the outcome to the repository's journal. Damage is a result, not an exception; only
    /// a backup that does not exist, or a repository that cannot be read, throws. A level that cannot be checked is
    /// <see cref="VerificationOutcome.NotChecked"/>, and says in <see cref="VerificationResult.ProvenLevel"/> what was
    /// proven all the same.
    /// </summary>
    public async Task<VerificationResult> VerifyAsync(
        FolderRepository repository, string id, VerificationLevel level, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(repository);
        if (level == VerificationLevel.None)
        {
            throw new GrapException(GrapCondition.SettingInvalid, "Verification at level None proves nothing.",
                "Use Checksum, Structure or Restore.", level);
        }
        var backup = repository.Get(id);
        var run = new VerificationRun(_time, progress, $"Verifying {id}", cancellation);
        var result = await Task.Run(() => CheckAsync(repository, backup, level, run), cancellation)
            .ConfigureAwait(false);
        try
        {
            repository.RecordVerification(result);
            return result;
        }
        catch (GrapException closed) when (closed.Condition == GrapCondition.RepositoryUnavailable)
        {
            return result with { NotRecorded = closed.Message };
        }
    }

    private async Task<VerificationResult> CheckAsync(
        FolderRepository repository, Backup backup, VerificationLevel level, VerificationRun run)
    {
        var proven = VerificationLevel.None;
        try
        {
            using var archive = repository.OpenArchive(backup.Id);
            run.Step("Checksum", () => ChecksumCheck.Run(archive, run));
            proven = VerificationLevel.Checksum;
            if (level == VerificationLevel.Checksum)
                return Result(VerificationOutcome.Passed);

            var problems = run.Step("Structure", () => StructureCheck.Run(archive, run));
            if (problems.Count > 0)
                return Failed(GrapCondition.GraphInconsistent, problems);
            proven = VerificationLevel.Structure;
            if (level == VerificationLevel.Structure)
                return Result(VerificationOutcome.Passed);

            var proof = await RestoreCheck.RunAsync(archive, backup, _scratch, run).ConfigureAwait(false);
            if (proof.Problems.Count > 0)
                return Failed(GrapCondition.RestoreFailed, proof.Problems) with
                {
                    Content = proof.Content,
                    Report = proof.Report,
                };
            proven = VerificationLevel.Restore;
            return Result(VerificationOutcome.Passed) with { Content = proof.Content };
        }
        catch (GrapException failure) when (IsDamage(failure.Condition))
        {
            return Failed(failure.Condition, [failure.Message]);
        }
        catch (GrapException failure) when (IsObstacle(failure.Condition))
        {
            return Result(VerificationOutcome.NotChecked) with
            {
                Problems = [failure.Message],
                Condition = failure.Condition,
                RecommendedAction = failure.RecommendedAction,
            };
        }

        VerificationResult Failed(GrapCondition condition, IReadOnlyList<string> problems) =>
            Result(VerificationOutcome.Failed) with { Problems = problems, Condition = condition };

        VerificationResult Result(VerificationOutcome outcome) => new()
        {
            Id = backup.Id,
            Repository = repository.Path,
            Level = level,
            Outcome = outcome,
            ProvenLevel = proven,
            CheckedAt = run.Now,
            Duration = run.Elapsed,
            Steps = run.Steps,
            BytesRead = run.BytesRead,
        };
    }

    private static bool IsDamage(GrapCondition condition) => condition
        is GrapCondition.ArchiveCorrupt or GrapCondition.NotAnArchive or GrapCondition.GraphInconsistent
        or GrapCondition.ArchiveTooNew or GrapCondition.RestoreFailed;

    // What stands in the way of trying, and says nothing about the backup.
    private static bool IsObstacle(GrapCondition condition) => condition
        is GrapCondition.VerificationUnavailable or GrapCondition.ScratchServerUnavailable
        or GrapCondition.ScratchFull;
}
