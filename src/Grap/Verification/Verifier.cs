using Grap.Backups;
using Grap.Repositories;

namespace Grap.Verification;

/// <summary>Proves backups.</summary>
public sealed class Verifier
{
    private readonly TimeProvider _time;

    /// <summary>Creates a verifier.</summary>
    public Verifier(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

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
        var result = await Task.Run(() => Check(repository, backup.Id, level, run), cancellation).ConfigureAwait(false);
        repository.RecordVerification(result);
        return result;
    }

    private static VerificationResult Check(
        FolderRepository repository, string id, VerificationLevel level, VerificationRun run)
    {
        var proven = VerificationLevel.None;
        try
        {
            using var archive = repository.OpenArchive(id);
            run.Step("Checksum", () => ChecksumCheck.Run(archive, run));
            proven = VerificationLevel.Checksum;
            if (level >= VerificationLevel.Structure)
            {
                var problems = run.Step("Structure", () => StructureCheck.Run(archive, run));
                if (problems.Count > 0)
                    return Result(VerificationOutcome.Failed, GrapCondition.GraphInconsistent, problems);
                proven = VerificationLevel.Structure;
            }
            return level == VerificationLevel.Restore
                ? Result(VerificationOutcome.NotChecked, GrapCondition.VerificationUnavailable,
                    ["Restoring into a scratch server is not available yet; the backup was checked up to Structure."])
                : Result(VerificationOutcome.Passed, null, []);
        }
        catch (GrapException failure) when (IsDamage(failure.Condition))
        {
            return Result(VerificationOutcome.Failed, failure.Condition, [failure.Message]);
        }

        VerificationResult Result(
            VerificationOutcome outcome, GrapCondition? condition, IReadOnlyList<string> problems) => new()
        {
            Id = id,
            Repository = repository.Path,
            Level = level,
            Outcome = outcome,
            ProvenLevel = proven,
            Problems = problems,
            Condition = condition,
            CheckedAt = run.Now,
            Duration = run.Elapsed,
            Steps = run.Steps,
            BytesRead = run.BytesRead,
        };
    }

    private static bool IsDamage(GrapCondition condition) => condition
        is GrapCondition.ArchiveCorrupt or GrapCondition.NotAnArchive or GrapCondition.GraphInconsistent
        or GrapCondition.ArchiveTooNew;
}
