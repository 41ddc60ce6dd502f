using System.Globalization;
using Grap.Bolt;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Takes a backup from a session into a repository.</summary>
public sealed class BackupTaker
{
    private readonly TimeProvider _time;
    private readonly Action<string>? _tell;

    /// <summary>Creates a taker.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Told, as a sentence, which method was chosen where none was asked for, and why.</param>
    public BackupTaker(TimeProvider? time = null, Action<string>? tell = null)
    {
        _time = time ?? TimeProvider.System;
        _tell = tell;
    }

    /// <summary>Takes and publishes one backup, or publishes nothing and throws <see cref="GrapException"/>.</summary>
    public async Task<Backup> TakeAsync(
        Session session, FolderRepository repository, BackupOptions options, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using var held = repository.Lock("backup", cancellation);
            using var pending = repository.Begin(options.Id ?? NewId(session), held);
            return await TakeAsync(session, pending, options, progress, cancellation).ConfigureAwait(false);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, session.Uri);
        }
    }

    private async Task<Backup> TakeAsync(
        Session session, PendingBackup pending, BackupOptions options, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        var started = _time.GetUtcNow();
        var manifest = await TakeAsync(session, pending, options, progress, options.Method, cancellation)
            .ConfigureAwait(false);
        progress?.Report(new WorkProgress($"Backing up {session.Database}", "Writing to disk and reading back", 1));
        return pending.Publish(manifest with
        {
            StartedAt = started,
            Tags = options.Tags,
            Compression = options.CompressionLevel == 0
                ? new CompressionInfo("none", 0)
                : new CompressionInfo("zstd", options.CompressionLevel),
            Producer = $"Grap {typeof(BackupTaker).Assembly.GetName().Version?.ToString(3)}",
        }, cancellation);
    }

    private async Task<BackupManifest> TakeAsync(
        Session session, PendingBackup pending, BackupOptions options, IProgress<WorkProgress>? progress,
        BackupMethod? method, CancellationToken cancellation)
    {
        switch (method)
        {
            case BackupMethod.Bolt:
                return await new BoltTaking(session, options, progress, _time).TakeAsync(pending, cancellation)
                    .ConfigureAwait(false);
            case BackupMethod.HotCopy:
                var copying = await HotCopyTaking.PrepareAsync(session, options, progress, _time, cancellation)
                    .ConfigureAwait(false);
                await using (copying.ConfigureAwait(false))
                    return await copying.TakeAsync(pending, cancellation).ConfigureAwait(false);
            case null:
                return await TakeBestAsync(session, pending, options, progress, cancellation).ConfigureAwait(false);
            default:
                throw new GrapException(GrapCondition.NotSupported,
                    $"This version of Grap cannot take a backup by {method}.",
                    "Use -Method Bolt, which works with every server while it runs.", method);
        }
    }

    /// <summary>Copies the files where they can be had, and reads over Bolt where not.</summary>
    private async Task<BackupManifest> TakeBestAsync(
        Session session, PendingBackup pending, BackupOptions options, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        HotCopyTaking copying;
        try
        {
            copying = await HotCopyTaking.PrepareAsync(session, options, progress, _time, cancellation)
                .ConfigureAwait(false);
        }
        catch (GrapException reason) when (reason.Condition is GrapCondition.DataFolderUnavailable
            or GrapCondition.DataFolderMismatch or GrapCondition.NotSupported)
        {
            var note = $"Method Auto took Bolt: {reason.Message}";
            _tell?.Invoke(note);
            var manifest = await new BoltTaking(session, options, progress, _time).TakeAsync(pending, cancellation)
                .ConfigureAwait(false);
            return manifest with { Reading = manifest.Reading! with { Notes = [note, .. manifest.Reading.Notes] } };
        }
        await using (copying.ConfigureAwait(false))
        {
            _tell?.Invoke("Method Auto takes HotCopy: the server's files can be read here.");
            return await copying.TakeAsync(pending, cancellation).ConfigureAwait(false);
        }
    }

    private string NewId(Session session)
    {
        var name = new string(
            [.. session.Database.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_')]);
        return string.Create(
            CultureInfo.InvariantCulture, $"{name.TrimStart('.', '-')}-{_time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}");
    }
}
