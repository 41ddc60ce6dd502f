using System.Globalization;
using Grap.Backups;
using Grap.Repositories;
using Grap.Verification;

namespace Grap.Audit;

/// <summary>
/// Proves that a journal is what was written: every entry follows the one before it, and nothing is missing at the end
/// that a backup vouches for. A backup's manifest keeps the journal's newest hash when the backup began, and the
/// backup's own entry came after that. What was written after the newest backup could be cut off without a trace here.
/// </summary>
public sealed class AuditLogCheck
{
    private readonly FolderRepository _repository;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, long> _hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, long> _created = [];
    private readonly List<string> _problems = [];
    private readonly List<string> _unchecked = [];
    private string? _head;
    private long _vouchedThrough;
    private int _witnesses;

    private AuditLogCheck(FolderRepository repository, TimeProvider time) => (_repository, _time) = (repository, time);

    /// <summary>Checks all of it. Damage is a result, not an exception; a repository that cannot be read throws
    /// <see cref="GrapException"/>.</summary>
    public static AuditLogResult Run(
        FolderRepository repository, CancellationToken cancellation, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return new AuditLogCheck(repository, time ?? TimeProvider.System).Run(cancellation);
    }

    private AuditLogResult Run(CancellationToken cancellation)
    {
        // Backups first: one that is published meanwhile has its entry in a journal that is read later.
        var backups = _repository.List().ToList();
        long? broken = null;
        try
        {
            _repository.Journal.Read(entry =>
            {
                cancellation.ThrowIfCancellationRequested();
                Add(entry);
            });
        }
        catch (GrapException damage) when (damage.Condition == GrapCondition.JournalCorrupt)
        {
            broken = _hashes.Count + 1;
            _problems.Add(damage.Message);
        }
        if (broken is null)
        {
            foreach (var backup in backups)
                Ask(backup);
            if (_witnesses == 0)
                _unchecked.Add(_hashes.Count == 0
                    ? "There are no entries."
                    : "No backup vouches for the end of the log, so entries may be missing there.");
        }
        var outcome = _problems.Count > 0 ? VerificationOutcome.Failed
            : _unchecked.Count > 0 ? VerificationOutcome.NotChecked : VerificationOutcome.Passed;
        return new AuditLogResult
        {
            Repository = _repository.Path,
            Outcome = outcome,
            Entries = _hashes.Count,
            Head = _head,
            FirstBrokenEntry = broken,
            VouchedThrough = _witnesses == 0 ? null : _vouchedThrough,
            Witnesses = _witnesses,
            Problems = [.. _problems, .. _unchecked],
            CheckedAt = _time.GetUtcNow(),
        };
    }

    private void Add(JournalEntry entry)
    {
        _hashes[entry.Hash] = entry.Sequence;
        _head = entry.Hash;
        if (entry.Operation == JournalState.Created && entry.Result == JournalResult.Success
            && Guid.TryParse(entry.Details.GetValueOrDefault("archiveId"), out var archive))
            _created[archive] = entry.Sequence;
    }

    private void Ask(Backup backup)
    {
        if (backup.Manifest is not { } manifest)
        {
            _unchecked.Add($"Backup '{backup.Id}' cannot be read, so it was not asked.");
            return;
        }
        // A backup that was copied here from another repository vouches for that one's journal.
        if (manifest.RepositoryId != _repository.Id)
            return;
        _witnesses++;
        if (manifest.JournalHead is not { } head)
            // It was begun before the first entry.
            Vouch(0);
        else if (_hashes.TryGetValue(head, out var sequence))
            Vouch(sequence);
        else
            _problems.Add(
                $"The newest entry when backup '{backup.Id}' began ({head[..Math.Min(12, head.Length)]}…) is missing: "
                + "the log was cut short or begun anew.");
        if (_created.TryGetValue(manifest.ArchiveId, out var created))
            Vouch(created);
        else
            _problems.Add(string.Create(CultureInfo.InvariantCulture,
                $"The entry of backup '{backup.Id}', completed {manifest.CompletedAt:u}, is missing. A run that died "
                + $"before it could write it is made up for by the next that takes the repository's lock."));
    }

    private void Vouch(long sequence) => _vouchedThrough = Math.Max(_vouchedThrough, sequence);
}
