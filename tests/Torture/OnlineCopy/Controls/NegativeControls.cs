using System.Globalization;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;
using Grap.Tests.Torture.OnlineCopy.Inspection;
using Grap.Tests.Torture.OnlineCopy.Rounds;

namespace Grap.Tests.Torture.OnlineCopy.Controls;

/// <summary>Copies that cannot be good, to show that the proof finds it: were one of them good, a good copy would mean
/// nothing.</summary>
internal sealed class NegativeControls(Production production, FolderRepository repository)
{
    private const int MostAttempts = 3;

    private static readonly TimeSpan s_writing = TimeSpan.FromSeconds(2);

    // So that a checkpoint is completed within it, which every second one is.
    private static readonly TimeSpan s_copying = TimeSpan.FromSeconds(6);

    private readonly DatabaseFiles _files = new("neo4j", production.DataFolder);

    private delegate Task<WrongCopy> CopyPieces(DatabaseFiles files, PieceWriter writer, CancellationToken cancellation);

    /// <summary>Takes each, and throws <see cref="Violation"/> for one that passes.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await RunAsync("a plain copy of databases, then transactions", PlainCopyAsync, cancellation);
        await RunAsync("the checkpoint taken after the pages",
            (span, token) => WrongOrderAsync(WrongOrder.CheckpointAfterPagesAsync, span, token), cancellation);
        await RunAsync("the logs copied before the pages",
            (span, token) => WrongOrderAsync(WrongOrder.LogsBeforePagesAsync, span, token), cancellation);
    }

    private async Task RunAsync(
        string what, Func<CopySpan, CancellationToken, Task<Func<Task<ProofResult>>>> copyAsync,
        CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            production.Write();
            await Task.Delay(s_writing, cancellation);
            var now = production.Crew.Ledger.Now;
            var watch = FolderWatch.Start(_files);
            var prove = await copyAsync(new CopySpan(now, long.MaxValue), cancellation);
            var events = await watch.EndAsync();
            await production.Crew.StopAsync();
            var proof = await prove();
            var useless = events.Checkpoints == 0 || proof.Outcome == Outcome.Unproven;
            if (useless && attempt < MostAttempts)
                continue;
            if (useless)
                throw new Violation($"Control: no checkpoint fell into {what}, or it could not be looked at.");
            if (proof.Problems.Count == 0)
                throw new Violation($"Control: {what} passed, so passing means nothing.");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"control ({production.Version}): {what}, {events.Checkpoints} checkpoints inside, fails as it must: "
                + $"{Short(proof.Problems[0])}"));
            return;
        }
    }

    private static string Short(string text)
    {
        var line = text.Split('\n')[0];
        return line[..Math.Min(line.Length, 160)];
    }

    private async Task<Func<Task<ProofResult>>> PlainCopyAsync(CopySpan span, CancellationToken cancellation)
    {
        var copy = new PlainCopy(production.Installation);
        try
        {
            await copy.TakeAsync(_files, s_copying, cancellation);
            return async () =>
            {
                using (copy)
                    return await copy.ProveAsync(new Inspector(production.Crew), span, cancellation);
            };
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private async Task<Func<Task<ProofResult>>> WrongOrderAsync(
        CopyPieces copyAsync, CopySpan span, CancellationToken cancellation)
    {
        var right = await TakeRightAsync(cancellation);
        using var held = repository.Lock("control", cancellation);
        using var pending = repository.Begin("control", held);
        var rate = new ByteRate(
            (long)(_files.Stores().Stores.Sum(static store => store.Length) / s_copying.TotalSeconds),
            TimeProvider.System);
        var writer = new PieceWriter(pending.Archive, compressionLevel: 0, rate);
        var copy = await copyAsync(_files, writer, cancellation);
        copy.Publish(pending, right, writer, cancellation);
        return () => ProveAsync(span, cancellation);
    }

    private async Task<BackupManifest> TakeRightAsync(CancellationToken cancellation)
    {
        await using var session = await Session.OpenAsync(
            new SessionOptions(production.Server!.Address, production.Server.Authentication), cancellation);
        const string Id = "right";
        await new BackupTaker().TakeAsync(
            session, repository, new BackupOptions { Id = Id, Method = BackupMethod.HotCopy }, null, cancellation);
        BackupManifest manifest;
        using (var archive = repository.OpenArchive(Id))
            manifest = archive.Manifest;
        Remove(Id, cancellation);
        return manifest;
    }

    private async Task<ProofResult> ProveAsync(CopySpan span, CancellationToken cancellation)
    {
        ProofResult proof;
        using (var archive = repository.OpenArchive("control"))
        {
            proof = await Proof.RunAsync(
                archive, production.Installation, new Inspector(production.Crew), span, cancellation);
        }
        Remove("control", cancellation);
        return proof;
    }

    private void Remove(string id, CancellationToken cancellation)
    {
        using var held = repository.Lock("make room", cancellation);
        repository.Remove(id, held, force: true);
    }
}
