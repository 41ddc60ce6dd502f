using System.Globalization;
using Grap.Tests.Torture.Crash;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Contention;

/// <summary>Two processes that take, prove and remove backups in one repository at the same time.</summary>
internal sealed class ContendRun(Site site, Books books)
{
    private enum Outcome
    {
        Succeeded,
        Locked,
        Late,
    }

    private int _succeeded;
    private int _locked;
    private int _late;

    public static async Task RunAsync(Site site, TortureArguments arguments, CancellationToken cancellation)
    {
        await site.RenewAsync(cancellation);
        var books = new Books();
        foreach (var id in Site.Earlier)
            books.Enter(id);
        await new ContendRun(site, books).ContendAsync(arguments, cancellation);
    }

    private async Task ContendAsync(TortureArguments arguments, CancellationToken cancellation)
    {
        var shared = new List<string>();
        for (var i = 0; i < arguments.Rounds / 4; i++)
            shared.Add(await site.TakeAsync(string.Create(CultureInfo.InvariantCulture, $"shared-{i}"), cancellation));
        var random = new Random(arguments.Seed);
        var answers = await Task.WhenAll(
            WorkAsync("left", arguments.Rounds, shared, new Random(random.Next()), cancellation),
            WorkAsync("right", arguments.Rounds, shared, new Random(random.Next()), cancellation));
        foreach (var id in shared)
            CheckShared(id, answers);
        foreach (var own in answers)
            books.Hear(own.Where(static answer => answer[0] == ChildWord.Done && !IsShared(answer[2])));
        if (_locked == 0)
            throw new Violation("The two processes never got into each other's way; ask for more --rounds.");

        var inspection = new Inspection(site, books);
        inspection.LookAfterKill();
        site.Open().Lock("next run", cancellation).Dispose();
        inspection.LookAfterRun();
        foreach (var id in books.Ids)
            await site.ProveAsync(id, cancellation);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Two processes, {arguments.Rounds} successes each, {_succeeded} together; "
            + $"{_locked} operations were refused (RepositoryLocked), {_late} came too late to remove what the other "
            + $"had removed. The repository is sound."));
    }

    /// <summary>One process: takes and proves backups of its own, and removes its own and shared ones.</summary>
    private async Task<List<string[]>> WorkAsync(
        string name, int rounds, List<string> shared, Random random, CancellationToken cancellation)
    {
        var note = Path.Combine(site.Notes, name);
        await using var child = Child.Start(new ChildArguments(site.Folder, note, site.Server));
        var answers = new List<string[]>();
        var own = new List<string>();
        var toRemove = new Queue<string>(shared);
        await child.HearAsync(cancellation);
        for (var round = 0; round < rounds;)
        {
            var (operation, id) = Choose(name, round, own, toRemove, random);
            child.Order(operation, id);
            var answer = (await child.HearUntilAsync(cancellation, ChildWord.Done, ChildWord.Refused))[^1];
            answers.Add(answer);
            switch (Judge(answer))
            {
                case Outcome.Succeeded:
                    Follow(operation, id, own, toRemove);
                    round++;
                    break;
                case Outcome.Late:
                    toRemove.Dequeue();
                    break;
                default:
                    await Task.Delay(random.Next(30), cancellation);
                    break;
            }
        }
        await child.EndAsync(cancellation);
        return child.WasKilled ? throw new Violation($"Process '{name}' ended badly.") : answers;
    }

    private static (string Operation, string Id) Choose(
        string name, int round, List<string> own, Queue<string> shared, Random random)
    {
        var dice = random.Next(6);
        if (dice == 0 && own.Count > 0)
            return (ChildWord.Remove, own[random.Next(own.Count)]);
        if (dice == 1 && own.Count > 0)
            return (ChildWord.Prove, own[random.Next(own.Count)]);
        return dice < 4 && shared.TryPeek(out var next)
            ? (ChildWord.Remove, next)
            : (ChildWord.Take, string.Create(CultureInfo.InvariantCulture, $"{name}-{round}"));
    }

    private static void Follow(string operation, string id, List<string> own, Queue<string> shared)
    {
        if (operation == ChildWord.Take)
            own.Add(id);
        else if (operation == ChildWord.Remove && !own.Remove(id))
            shared.Dequeue();
    }

    /// <summary>What does not succeed must have been refused for the other's sake.</summary>
    private Outcome Judge(string[] answer)
    {
        switch (answer)
        {
            case [ChildWord.Done, ..]:
                Interlocked.Increment(ref _succeeded);
                return Outcome.Succeeded;
            case [_, _, _, nameof(GrapCondition.RepositoryLocked), _]:
                Interlocked.Increment(ref _locked);
                return Outcome.Locked;
            case [_, ChildWord.Remove, var id, nameof(GrapCondition.BackupNotFound), _] when IsShared(id):
                Interlocked.Increment(ref _late);
                return Outcome.Late;
            default:
                throw new Violation($"Neither success nor refusal for the other's sake: {string.Join(' ', answer)}");
        }
    }

    private void CheckShared(string id, List<string[]>[] answers)
    {
        var removals = answers.SelectMany(static own => own)
            .Count(answer => answer is [ChildWord.Done, ChildWord.Remove, var removed] && removed == id);
        if (removals > 1)
            throw new Violation($"Both processes removed backup '{id}'.");
        if (removals == 0)
            books.Enter(id);
    }

    private static bool IsShared(string id) => id.StartsWith("shared-", StringComparison.Ordinal);
}
