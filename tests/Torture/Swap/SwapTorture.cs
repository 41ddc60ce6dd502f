using Grap.Backups;
using Grap.Lab.Installations;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Swap;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Control;
using Grap.Servers.Installations;

namespace Grap.Tests.Torture.Swap;

/// <summary>
/// A promotion by Swap is killed at each moment, and then ended or undone by one command: afterwards production is the
/// restored graph or the one before, whole, with what was written to it, and the old folders are where they belong.
/// </summary>
internal sealed class SwapTorture : IDisposable
{
    private const int Nodes = 300;
    private const string WrittenSince = "MATCH (n:WrittenSince) RETURN count(n)";

    private readonly string _root = Directory.CreateTempSubdirectory("grap-swap-").FullName;
    private readonly CommandServer _server;
    private readonly FolderRepository _repository;
    private readonly CancellationToken _cancellation;

    private SwapTorture(CommandServer server, CancellationToken cancellation)
    {
        (_server, _cancellation) = (server, cancellation);
        _repository = FolderRepository.Open(Path.Combine(_root, "repository"), create: true);
    }

    /// <summary>Runs it on each version, at <paramref name="most"/> moments.</summary>
    public static async Task RunAsync(IEnumerable<string> versions, int most, CancellationToken cancellation)
    {
        foreach (var version in versions)
        {
            await using var server = await CommandServer.StartAsync(version, new InstallationFinder(), cancellation);
            using var torture = new SwapTorture(server, cancellation);
            await torture.RunAsync(Spread(KillMoments.All, most));
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static IReadOnlyList<string> Spread(IReadOnlyList<string> all, int most) => most >= all.Count
        ? all
        : [.. Enumerable.Range(0, most).Select(i => all[((2 * i) + 1) * all.Count / (2 * most)])];

    private async Task RunAsync(IReadOnlyList<string> moments)
    {
        await _server.LoadAsync(Nodes, _cancellation);
        await using (var session = await Session.OpenAsync(_server.Login, _cancellation))
        {
            await new BackupTaker().TakeAsync(session, _repository,
                new BackupOptions { Id = "restored", Method = BackupMethod.Bolt }, null, _cancellation);
        }
        await new RecoveryRun(_repository, new RecoveryOptions
        {
            StagingParent = Path.Combine(_root, "staging"),
            Scratch = new ScratchOptions { Home = _server.Installation.Home },
        }).RunAsync("restored", null, null, _cancellation);
        await _server.RunAsync("CREATE (:WrittenSince)", _cancellation);

        for (var i = 0; i < moments.Count; i++)
        {
            var goesOn = i % 2 == 0;
            if (!await SwapChild.RunAsync(_repository.Path, _server, moments[i], _cancellation))
                throw new Violation($"The promotion was not killed at '{moments[i]}'.");
            if (goesOn)
                await ExpectEndedAsync(moments[i]);
            await ExpectUndoneAsync(moments[i]);
            var ended = goesOn ? "ended, then " : "";
            Console.WriteLine($"Neo4j {_server.Installation.Version}: killed at '{moments[i]}', {ended}undone.");
        }
        Console.WriteLine("Production was always the old graph or the new one, and could be either.");
    }

    private async Task ExpectEndedAsync(string moment)
    {
        // How the server is stopped is said again: the first command may have been killed before it wrote that down.
        var result = await Promoter(_server.Control).PromoteAsync(
            CommandServer.Database, PromotionStrategy.Swap, null, _cancellation);
        Expect(result.Equal == true, moment, string.Join(' ', result.Remarks));
        await ExpectContentAsync(moment, writtenSince: 0);
    }

    private async Task ExpectUndoneAsync(string moment)
    {
        try
        {
            await Promoter(new ServerControlOptions()).UndoAsync(CommandServer.Database, null, _cancellation);
        }
        catch (GrapException nothing) when (nothing.Condition == GrapCondition.RecoveryStateInvalid
            && moment == SwapStep.Copy)
        {
            // It was killed before it wrote down the first step.
        }
        await ExpectContentAsync(moment, writtenSince: 1);
        var left = Directory.EnumerateDirectories(Path.GetDirectoryName(_server.StoreFolder)!)
            .Concat(Directory.EnumerateDirectories(Path.GetDirectoryName(_server.LogFolder)!))
            .Where(static folder => folder.Contains('_', StringComparison.Ordinal)
                && !folder.EndsWith("_undone", StringComparison.Ordinal)).ToList();
        Expect(left.Count == 0, moment, string.Join(' ', left));
    }

    private Promoter Promoter(ServerControlOptions control) => new(
        _repository, [new SwapStrategy(new SwapOptions { Login = _server.Login, Control = control })]);

    private async Task ExpectContentAsync(string moment, long writtenSince)
    {
        var nodes = (long)(await _server.RunAsync("MATCH (n) RETURN count(n)", _cancellation))[0][0]!;
        var since = (long)(await _server.RunAsync(WrittenSince, _cancellation))[0][0]!;
        Expect((nodes, since) == (Nodes + writtenSince, writtenSince), moment, $"{nodes} nodes, {since} written since");
    }

    private static void Expect(bool holds, string moment, string found)
    {
        if (!holds)
            throw new Violation($"Killed at '{moment}': {found}");
    }
}
