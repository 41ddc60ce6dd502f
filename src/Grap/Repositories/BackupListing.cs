using Grap.Archives;
using Grap.Backups;

namespace Grap.Repositories;

/// <summary>Reads backups as a listing shows them: the summary beside the archive, checked against the archive's length
/// and its two ends; the archive itself where the summary is missing or does not fit.</summary>
internal sealed class BackupListing(RepositoryPlace place, JournalState journal)
{
    /// <summary>Reads one; null if the file is none of Grap's, said in <paramref name="foreign"/>.</summary>
    public Backup? Read(string id, DateTimeOffset lastWritten, out string? foreign)
    {
        foreign = null;
        var path = place.PathOf(id + RepositoryLayout.ArchiveEnd);
        if (place.Files.OpenRead(path) is not { } file)
            return null;
        var summary = place.Read(id + RepositoryLayout.SummaryEnd, BackupSummary.MaxLength) is { } bytes
            ? BackupSummary.TryParse(bytes)
            : null;
        if (summary is not null && EndsFit(file, path, summary))
        {
            file.Dispose();
            return Describe(id, path, summary.ArchiveLength, summary);
        }
        return ReadArchive(id, path, file, summary, lastWritten, out foreign);
    }

    /// <summary>Reads one that is in the trash, where it has no summary; null if it is there no more.</summary>
    public Backup? ReadTrashed(string name, string id, Guid archiveId, DateTimeOffset lastWritten)
    {
        var path = place.PathOf(name);
        if (place.Files.OpenRead(path) is not { } file)
            return null;
        var length = file.Length;
        var backup = ReadArchive(id, path, file, null, lastWritten, out var problem) ?? new Backup
        {
            Id = id, Repository = place.Folder, Path = path, CreatedAt = lastWritten, SizeBytes = length,
            Status = BackupStatus.Damaged, Problem = problem,
        };
        // By its name, also where its content cannot be read.
        return backup with { ArchiveId = archiveId };
    }

    private Backup? ReadArchive(
        string id, string path, IReadableFile file, BackupSummary? summary, DateTimeOffset lastWritten,
        out string? foreign)
    {
        foreign = null;
        var length = file.Length;
        try
        {
            using var archive = ArchiveReader.Open(file, path);
            return Describe(id, path, archive.Length, new BackupSummary(archive));
        }
        catch (GrapException error) when (
            error.Condition == GrapCondition.NotAnArchive && summary is null && journal.LiveArchive(id) is null)
        {
            foreign = error.Message;
            return null;
        }
        catch (GrapException error) when (
            error.Condition is GrapCondition.ArchiveCorrupt or GrapCondition.ArchiveTooNew
            or GrapCondition.NotAnArchive)
        {
            var backup = summary is null
                ? new Backup
                {
                    Id = id, Repository = place.Folder, Path = path, CreatedAt = lastWritten, SizeBytes = length,
                    ArchiveId = journal.LiveArchive(id) ?? Guid.Empty,
                }
                : Describe(id, path, length, summary);
            return backup with
            {
                Status = error.Condition == GrapCondition.ArchiveTooNew
                    ? BackupStatus.Unsupported
                    : BackupStatus.Damaged,
                Problem = error.Message,
            };
        }
    }

    /// <summary>Whether the archive has the length, header and trailer that its summary says. One read at each
    /// end.</summary>
    private static bool EndsFit(IReadableFile file, string path, BackupSummary summary)
    {
        if (file.Length != summary.ArchiveLength || summary.ArchiveLength < ArchiveHeader.Size + ArchiveTrailer.Size)
            return false;
        Span<byte> header = stackalloc byte[ArchiveHeader.Size];
        Span<byte> trailer = stackalloc byte[ArchiveTrailer.Size];
        try
        {
            BlockReading.Fill(file, 0, header, path);
            BlockReading.Fill(file, summary.ArchiveLength - ArchiveTrailer.Size, trailer, path);
            ArchiveTrailer.Read(trailer, summary.ArchiveLength, path);
            return ArchiveHeader.Read(header, path).ArchiveId == summary.ArchiveId
                && Convert.ToHexString(trailer.Slice(ArchiveTrailer.HashOffset, ArchiveTrailer.HashLength))
                    .Equals(summary.ContentHash, StringComparison.OrdinalIgnoreCase);
        }
        catch (GrapException error) when (
            error.Condition is GrapCondition.ArchiveCorrupt or GrapCondition.ArchiveTooNew
            or GrapCondition.NotAnArchive)
        {
            // The caller opens the archive, which says what is wrong with it.
            return false;
        }
    }

    private Backup Describe(string id, string path, long length, BackupSummary summary)
    {
        var proof = journal.ProofOf(summary.ArchiveId);
        var foundDamaged = proof is { FailedLevel: not VerificationLevel.None };
        return new Backup
        {
            Id = id,
            Repository = place.Folder,
            Path = path,
            Status = foundDamaged ? BackupStatus.Damaged : BackupStatus.Available,
            Problem = foundDamaged
                ? proof!.Problem ?? $"It failed its verification at level {proof.FailedLevel}."
                : null,
            CreatedAt = summary.CompletedAt,
            Duration = summary.CompletedAt - summary.StartedAt,
            Method = summary.Method,
            Exactness = summary.Exactness,
            Database = summary.Database,
            DatabaseId = summary.DatabaseId,
            ServerVersion = summary.ServerVersion,
            // A physical backup was not read when it was taken: what a proof counted is better known.
            Nodes = proof?.Content?.Nodes ?? summary.Nodes,
            Relationships = proof?.Content?.Relationships ?? summary.Relationships,
            SizeBytes = length,
            RawBytes = summary.RawBytes,
            VerifiedLevel = proof?.Level ?? VerificationLevel.None,
            VerifiedAt = proof?.At,
            FailedLevel = proof?.FailedLevel ?? VerificationLevel.None,
            Protected = journal.IsPinned(summary.ArchiveId),
            Tags = summary.Tags,
            Fingerprint = summary.Fingerprint ?? proof?.Content?.Fingerprint,
            ArchiveId = summary.ArchiveId,
            RepositoryId = summary.RepositoryId,
            LazyManifest = new Lazy<BackupManifest?>(
                () => ReadManifest(id, path, summary), LazyThreadSafetyMode.PublicationOnly),
        };
    }

    /// <summary>The whole manifest, read when somebody asks for it. Null if the backup was removed or damaged since it
    /// was listed.</summary>
    private BackupManifest? ReadManifest(string id, string path, BackupSummary summary)
    {
        var manifest = place.Read(id + RepositoryLayout.SummaryEnd, BackupSummary.MaxLength) is { } bytes
            ? BackupSummary.TryReadManifest(bytes, path)
            : null;
        if (manifest?.ArchiveId == summary.ArchiveId)
            return manifest;
        if (place.Files.OpenRead(path) is not { } file)
            return null;
        try
        {
            using var archive = ArchiveReader.Open(file, path);
            return archive.Manifest.ArchiveId == summary.ArchiveId ? archive.Manifest : null;
        }
        catch (GrapException error) when (
            error.Condition is GrapCondition.ArchiveCorrupt or GrapCondition.ArchiveTooNew
            or GrapCondition.NotAnArchive)
        {
            // A property tells what there is to tell; the backup's status says the rest.
            return null;
        }
    }
}
