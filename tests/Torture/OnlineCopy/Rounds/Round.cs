using System.Diagnostics;
using System.Globalization;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;
using Grap.Tests.Torture.OnlineCopy.Inspection;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>One copy of a server under load: taken by the command's own engine, with what the plan does to the server
/// meanwhile, then proven.</summary>
internal sealed class Round(Production production, RoundPlan plan, FolderRepository repository)
{
    // A server that was started a moment ago, with writers on it, on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly DatabaseFiles _files = new("neo4j", production.DataFolder);

    /// <summary>The backup's id.</summary>
    public string Id { get; } = string.Create(CultureInfo.InvariantCulture, $"round-{plan.Number}");

    public async Task<RoundReport> RunAsync(CancellationToken cancellation)
    {
        if (production.Server is null)
            await production.StartAsync(plan.Life, cancellation);
        production.Write();
        await Task.Delay(plan.Writing, cancellation);

        var ledger = production.Crew.Ledger;
        var server = production.Server!;
        await using var session = await Session.OpenAsync(
            new SessionOptions(server.Address, server.Authentication) { ConnectTimeout = s_patience }, cancellation);
        ledger.Mark(string.Create(CultureInfo.InvariantCulture, $"copy {plan.Number} begins"));
        var begun = ledger.Now;
        var window = new PageWindow(ledger, _files, plan.Moment);
        var clock = Stopwatch.StartNew();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var disturbing = DisturbAsync(window.Moment, over.Token);
        var refusal = await TakeAsync(session, window, cancellation);
        var span = new CopySpan(begun, ledger.Now);
        var copying = clock.Elapsed;
        var events = await window.CloseAsync();
        await over.CancelAsync();
        var disturbed = await disturbing;
        ledger.Mark(string.Create(CultureInfo.InvariantCulture, $"copy {plan.Number} ended"));
        await production.Crew.StopAsync();

        var happened = disturbed is null ? plan with { Disturbance = Disturbance.None } : plan;
        var report = new RoundReport(happened, production.Version, Outcome.Refused, refusal is null ? [] : [refusal])
        {
            Events = events,
            Copying = copying,
            Acknowledged = CountWithin(window, Enumerable.Range(0, production.Crew.SchemaWriter + 1)),
            Bulk = CountWithin(window, [production.Crew.BulkWriter]),
            Schema = CountWithin(window, [production.Crew.SchemaWriter]),
            CameBack = disturbed?.WritingAgain < window.Ended,
        };
        return refusal is null ? await ProveAsync(report, span, cancellation) : report;
    }

    /// <summary>Returns why there is no backup; null where there is one.</summary>
    private async Task<string?> TakeAsync(
        Session session, IProgress<WorkProgress> progress, CancellationToken cancellation)
    {
        try
        {
            await new BackupTaker().TakeAsync(session, repository, new BackupOptions
            {
                Id = Id,
                Method = BackupMethod.HotCopy,
                CompressionLevel = plan.CompressionLevel,
                MaxBytesPerSecond = plan.GivesWay
                    ? null
                    : plan.Copying is { } time ? (long)(StoreBytes() / time.TotalSeconds) : 0,
            }, progress, cancellation);
            return null;
        }
        catch (GrapException refusal)
        {
            return $"{refusal.Condition}: {refusal.Message}";
        }
    }

    private long StoreBytes() => _files.Stores().Stores.Sum(static store => store.Length);

    /// <summary>Does to the server what the plan wants. Null where that is nothing, or where the copy was over
    /// first.</summary>
    private async Task<Disturbed?> DisturbAsync(Task moment, CancellationToken over)
    {
        if (plan.Disturbance == Disturbance.None)
            return null;
        try
        {
            await moment.WaitAsync(over);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        if (plan.Disturbance == Disturbance.StopAndStart)
            await production.StopAsync();
        else
            await production.KillAsync();
        if (plan.Disturbance == Disturbance.Kill)
            return new Disturbed(null);
        await production.StartAsync(plan.Life, CancellationToken.None);
        production.Write();
        return new Disturbed(production.Crew.Ledger.Now);
    }

    private long CountWithin(PageWindow window, IEnumerable<int> writers) =>
        window is { Begun: { } begun, Ended: { } ended }
            ? writers.Sum(writer => production.Crew.Ledger.AcknowledgedAt(writer, ended)
                - production.Crew.Ledger.AcknowledgedAt(writer, begun))
            : 0;

    private async Task<RoundReport> ProveAsync(RoundReport report, CopySpan span, CancellationToken cancellation)
    {
        using var archive = repository.OpenArchive(Id);
        var proof = await Proof.RunAsync(
            archive, production.Installation, new Inspector(production.Crew), span, cancellation);
        return report with
        {
            Outcome = proof.Outcome,
            Remarks =
            [
                .. proof.Problems, .. proof.Outcome == Outcome.Bad ? await LookAtServerAsync(cancellation) : [],
                .. archive.Manifest.Physical!.Notes,
            ],
            Late = proof.Late,
            Orphans = proof.Orphans,
            Proving = proof.Time,
        };
    }

    /// <summary>Whether it is the copy that is bad, or the test, or the server.</summary>
    private async Task<IEnumerable<string>> LookAtServerAsync(CancellationToken cancellation)
    {
        if (production.Server is null)
            return [];
        var findings = await production.InspectAsync(cancellation);
        return findings.Problems.Count == 0
            ? ["The server itself is sound."]
            : findings.Problems.Select(static problem => $"The server itself: {problem}");
    }

    /// <summary>What was done to the server.</summary>
    /// <param name="WritingAgain">The ledger's place at which the writers went on; null where they did not.</param>
    private sealed record Disturbed(long? WritingAgain);
}
