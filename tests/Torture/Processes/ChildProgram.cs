using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Recovery;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Repositories;
using Grap.Servers;
using Grap.Tests.Torture.Failpoints;
using Grap.Tests.Torture.Promotions;
using Grap.Tests.Torture.Recoveries;
using Grap.Verification;

namespace Grap.Tests.Torture.Processes;

/// <summary>The process that is killed: reads orders from standard input, one a line, and says on standard output what
/// it begins and what is done, so that whoever kills it knows what it had acknowledged.</summary>
internal sealed class ChildProgram : IDisposable
{
    private readonly ChildArguments _arguments;
    private readonly StepNote _note;
    private readonly StepTrail _trail;
    private readonly RepositoryOptions _options;
    private readonly TimeProvider _time;
    private readonly Session? _session;

    private ChildProgram(ChildArguments arguments, Session? session)
    {
        (_arguments, _session) = (arguments, session);
        _note = new StepNote(arguments.Note);
        _trail = new StepTrail(_note, Hold);
        _time = arguments.Speed == 1 ? TimeProvider.System : new QuickTime(arguments.Speed);
        _options = new RepositoryOptions { Files = new FailpointFileSystem(_trail), Time = _time };
        if (arguments.Elsewhere)
            _options = _options with { Processes = new AnotherMachine() };
    }

    public static async Task RunAsync(ChildArguments arguments)
    {
        await using var session = arguments.Server.Length == 0 ? null : await Session.OpenAsync(
            new SessionOptions(BoltAddress.Parse(arguments.Server), Site.Login()), CancellationToken.None);
        using var program = new ChildProgram(arguments, session);
        Say(ChildWord.Ready);
        while (await Console.In.ReadLineAsync() is { } order)
            await program.ObeyAsync(order.Split('\t'));
    }

    public void Dispose() => _note.Dispose();

    private Task ObeyAsync(string[] order) => order switch
    {
        [ChildWord.Arm, var step, var occurrence, var action] => Arm(
            new Failpoint(step, Number(occurrence), Enum.Parse<FailpointAction>(action))),
        [ChildWord.Roam, var seed, var takes, .. var keep] => RoamAsync(
            new Habits(new Random(Number(seed)), bool.Parse(takes)), new Random(Number(seed)), keep),
        [ChildWord.Take or ChildWord.Remove or ChildWord.Prove or ChildWord.Trash or ChildWord.BringBack
            or ChildWord.Purge or ChildWord.Promote or ChildWord.Undo or ChildWord.Restore, var id] => DoAsync(order[0], id),
        [ChildWord.List or ChildWord.Recover] => DoAsync(order[0], ""),
        _ => throw new ArgumentException($"'{string.Join(' ', order)}' is no order.", nameof(order)),
    };

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private Task Arm(Failpoint failpoint)
    {
        _trail.Arm(failpoint);
        return Task.CompletedTask;
    }

    /// <summary>Does one thing after the other, for as long as it lives.</summary>
    private async Task RoamAsync(Habits habits, Random random, string[] keep)
    {
        while (true)
        {
            _trail.Begin(ChildWord.List);
            var repository = Open();
            _trail.IsOpen(takesLock: false);
            var others = repository.List().Select(static backup => backup.Id)
                .Except(keep, StringComparer.Ordinal).ToList();
            var trash = repository.ListTrash().Select(static backup => backup.Id).ToList();
            var operation = habits.Next(others.Count, trash.Count);
            await DoAsync(operation, operation switch
            {
                ChildWord.Take => $"roam-{random.NextInt64():x16}",
                ChildWord.Remove or ChildWord.Trash => others[random.Next(others.Count)],
                ChildWord.BringBack or ChildWord.Purge => trash[random.Next(trash.Count)],
                _ => "",
            });
        }
    }

    private async Task DoAsync(string operation, string id)
    {
        _trail.Begin(operation);
        Say(ChildWord.Begin, operation, id);
        try
        {
            await RunAsync(operation, id);
            foreach (var (step, canBeHalf) in _trail.Order)
                Say(ChildWord.Step, step, canBeHalf.ToString());
            Say(ChildWord.Done, operation, id);
        }
        catch (GrapException refusal)
        {
            Say(ChildWord.Refused, operation, id, refusal.Condition.ToString(), refusal.Message);
        }
    }

    private async Task RunAsync(string operation, string id)
    {
        var repository = Open();
        _trail.IsOpen(takesLock: operation is ChildWord.Take or ChildWord.Remove or ChildWord.Trash
            or ChildWord.BringBack or ChildWord.Purge or ChildWord.Recover);
        switch (operation)
        {
            case ChildWord.Take:
                var options = Site.Options(id, _arguments.Data.Length == 0 ? null : _arguments.Data);
                await new BackupTaker(_time).TakeAsync(
                    _session!, repository, options, new ReadingSteps(_trail), CancellationToken.None);
                break;
            case ChildWord.Remove:
                using (var held = repository.Lock(operation))
                    repository.Remove(id, held, force: true);
                break;
            case ChildWord.Trash:
                using (var held = repository.Lock(operation))
                    repository.MoveToTrash(id, held, "torture");
                break;
            case ChildWord.BringBack:
                using (var held = repository.Lock(operation))
                    repository.UndoRemoval(id, held, CancellationToken.None);
                break;
            case ChildWord.Purge:
                using (var held = repository.Lock(operation))
                    repository.Purge(repository.ListTrash().Single(backup => backup.Id == id), held);
                break;
            case ChildWord.Prove:
                await new Verifier().VerifyAsync(
                    repository, id, VerificationLevel.Structure, null, CancellationToken.None);
                break;
            case ChildWord.Promote:
                await Promotion(repository, id).PromoteAsync(
                    _session!.Database, PromotionStrategy.Apply, new PromotionSteps(_trail, operation),
                    CancellationToken.None);
                break;
            case ChildWord.Undo:
                await Promotion(repository, id).UndoAsync(
                    _session!.Database, new PromotionSteps(_trail, operation), CancellationToken.None);
                break;
            case ChildWord.Restore:
                await new RecoveryRun(repository, RecoveryTorture.Options(Path.GetDirectoryName(_arguments.Note)!)).RunAsync(
                    id, new PromotionSteps(_trail, operation), null, CancellationToken.None);
                break;
            case ChildWord.List:
                _ = repository.List();
                break;
            default:
                repository.Lock(operation).Dispose();
                break;
        }
    }

    private Promoter Promotion(FolderRepository repository, string how) => new(
        repository, [new ApplyStrategy(repository, _session!, PromotionScene.Options(how))], time: _time);

    private FolderRepository Open() => FolderRepository.Open(_arguments.Repository, create: false, _options);

    /// <summary>Waits at a failpoint for the word to go on.</summary>
    private static void Hold(string step)
    {
        Say(ChildWord.At, step);
        Console.In.ReadLine();
    }

    private static void Say(params string[] words)
    {
        lock (Console.Out)
        {
            Console.Out.Write(string.Join('\t', words.Select(static word => word.ReplaceLineEndings(" "))) + "\n");
            Console.Out.Flush();
        }
    }

    /// <summary>The steps that a promotion or a recovery tells, and what is done to files in between.</summary>
    private sealed class PromotionSteps(StepTrail trail, string operation) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            // What else is told (the reading of the graph, percentages) comes when a timer says so.
            if (PromotionScene.IsStep(value.Status))
                trail.Pass($"{operation}: {value.Status}");
        }
    }

    /// <summary>Steps that are no file's: they last until the next file is touched.</summary>
    private sealed class ReadingSteps(StepTrail trail) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) =>
            trail.Pass(value.Status.StartsWith("Writing", StringComparison.Ordinal) ? "take: complete archive"
                : value.Activity.StartsWith("Copying", StringComparison.Ordinal) ? StepTrail.CopyingFiles
                : StepTrail.ReadingGraph);
    }
}
