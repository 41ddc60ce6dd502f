using System.Globalization;
using System.Runtime.Versioning;
using Grap.Tests.Torture.Crash;
using Grap.Tests.Torture.Failpoints;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Suspension;

/// <summary>Suspends a process in the middle of its work, and lets another try to take the lock over.</summary>
internal sealed class SuspendRun : IAsyncDisposable
{
    /// <summary>How fast the other's clock runs: it watches the lock for a minute of it.</summary>
    private const int Speed = 200;

    private const string Id = "wanted-by-both";
    private readonly Site _site;
    private readonly Books _books;
    private readonly SpareChild _owners;
    private readonly SpareChild _others;

    private SuspendRun(Site site, Books books)
    {
        (_site, _books) = (site, books);
        _owners = new SpareChild(site, "owner");
        _others = new SpareChild(site, "other", Speed, elsewhere: true);
    }

    public static async Task RunAsync(Site site, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.WriteLine("Windows cannot suspend a process from outside; nothing was tried.");
            return;
        }
        await site.RenewAsync(cancellation);
        var books = new Books();
        foreach (var id in Site.Earlier)
            books.Enter(id);
        await using var run = new SuspendRun(site, books);
        await run.LivesOnThisMachineAsync(cancellation);
        foreach (var stop in await run.StepsUpToCommitAsync(cancellation))
            await run.LosesLockAsync(stop, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _owners.DisposeAsync();
        await _others.DisposeAsync();
    }

    /// <summary>On the same machine the other knows that the process lives, suspended or not: it is refused, and the
    /// suspended one goes on and publishes.</summary>
    [UnsupportedOSPlatform("windows")]
    private async Task LivesOnThisMachineAsync(CancellationToken cancellation)
    {
        await using var owner = await _owners.TakeAsync(cancellation);
        var stop = new Failpoint("publish: rename temporary summary", 1, FailpointAction.Hold);
        await SuspendAtAsync(owner, stop, cancellation);
        await using (var other = await _owners.TakeAsync(cancellation))
        {
            var answer = await AskAsync(other, ChildWord.Take, Id, cancellation);
            Expect(answer, ChildWord.Refused, GrapCondition.RepositoryLocked);
        }
        Expect(await ResumeAsync(owner, cancellation), ChildWord.Done, null);
        await SettleAsync(cancellation);
        Console.WriteLine("Suspended on this machine: the other was refused, and the backup was published after all.");
    }

    /// <summary>On another machine nobody can tell: the lock is taken over after a minute without heartbeat, and the
    /// suspended one must publish nothing, even though both want the same id.</summary>
    [UnsupportedOSPlatform("windows")]
    private async Task LosesLockAsync(Failpoint stop, CancellationToken cancellation)
    {
        await using var owner = await _owners.TakeAsync(cancellation);
        await SuspendAtAsync(owner, stop, cancellation);
        await using (var other = await _others.TakeAsync(cancellation))
            Expect(await AskAsync(other, ChildWord.Take, Id, cancellation), ChildWord.Done, null);
        new Inspection(_site, _books).LookAfterKill();
        Expect(await ResumeAsync(owner, cancellation), ChildWord.Refused, GrapCondition.LockLost);
        await SettleAsync(cancellation);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Suspended before '{stop.Step}' ({stop.Occurrence}): its lock was taken over, and it published nothing "
            + $"(LockLost)."));
    }

    /// <summary>Each step from the archive's creation to the commit, at its last occurrence.</summary>
    private async Task<List<Failpoint>> StepsUpToCommitAsync(CancellationToken cancellation)
    {
        await using var child = await _owners.TakeAsync(cancellation);
        child.Order(ChildWord.Take, Id);
        var heard = await child.EndAsync(cancellation);
        _books.Hear(heard);
        await SettleAsync(cancellation);
        var steps = heard.Where(static answer => answer is [ChildWord.Step, ..]).Select(static answer => answer[1])
            .SkipWhile(static step => step != "take: create temporary archive").ToList();
        var commit = steps.IndexOf("publish: rename temporary archive (the commit)");
        return
        [
            .. steps.Take(commit + 1).Where(static step => step != StepTrail.ReadingGraph)
                .Select(static step => new Failpoint(step, 1, FailpointAction.Hold)),
            // The lock is looked at twice.
            new Failpoint("publish: read lock", 2, FailpointAction.Hold),
        ];
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task SuspendAtAsync(Child owner, Failpoint stop, CancellationToken cancellation)
    {
        owner.Arm(stop);
        owner.Order(ChildWord.Take, Id);
        var heard = await owner.HearUntilAsync(cancellation, ChildWord.At, ChildWord.Done, ChildWord.Refused);
        if (heard is not [.., [ChildWord.At, _]])
            throw new Violation($"The process did not come to '{stop.Step}'.");
        Signals.Suspend(owner.Process);
    }

    [UnsupportedOSPlatform("windows")]
    private async Task<string[]> ResumeAsync(Child owner, CancellationToken cancellation)
    {
        // The word to go on waits for it, so that it goes on with the first thing it does.
        owner.Order("go on");
        Signals.Resume(owner.Process);
        return await AnswerAsync(owner, cancellation);
    }

    private async Task<string[]> AskAsync(Child child, string operation, string id, CancellationToken cancellation)
    {
        child.Order(operation, id);
        return await AnswerAsync(child, cancellation);
    }

    private async Task<string[]> AnswerAsync(Child child, CancellationToken cancellation)
    {
        var heard = await child.HearUntilAsync(cancellation, ChildWord.Done, ChildWord.Refused);
        if (heard.Count == 0)
            throw new Violation("A process ended without an answer.");
        _books.Hear(heard.Where(static answer => answer[0] is ChildWord.Done));
        return heard[^1];
    }

    private static void Expect(string[] answer, string word, GrapCondition? condition)
    {
        if (answer[0] != word || (condition is not null && answer[3] != condition.ToString()))
            throw new Violation($"Expected was '{word} {condition}', and the answer is '{string.Join(' ', answer)}'.");
    }

    /// <summary>Looks at everything, and removes the backup again.</summary>
    private async Task SettleAsync(CancellationToken cancellation)
    {
        var inspection = new Inspection(_site, _books);
        inspection.LookAfterKill();
        var repository = _site.Open();
        repository.Lock("next run", cancellation).Dispose();
        inspection.LookAfterRun();
        await _site.ProveAsync(Id, cancellation);
        using var held = repository.Lock("make room", cancellation);
        repository.Remove(Id, held, force: true);
        _books.Strike(Id);
    }
}
