using System.Globalization;
using Grap.Lab.Installations;
using Grap.Repositories;
using Grap.Tests.Torture.OnlineCopy.Controls;
using Grap.Tests.Torture.OnlineCopy.Rounds;
using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy;

/// <summary>Copies servers under load, again and again, and proves each copy. The versions take turns.</summary>
internal sealed class OnlineCopyRun : IAsyncDisposable
{
    private const int RoundsPerTurn = 5;
    private readonly TortureArguments _arguments;
    private readonly string _root = Directory.CreateTempSubdirectory("grap-torture-").FullName;
    private readonly FolderRepository _repository;
    private readonly Dictionary<string, Production> _productions = new(StringComparer.Ordinal);
    private readonly RoundTable _table = new();
    private bool _keep;

    private OnlineCopyRun(TortureArguments arguments)
    {
        _arguments = arguments;
        _repository = FolderRepository.Open(Path.Combine(_root, "repository"), create: true);
    }

    public static async Task RunAsync(TortureArguments arguments, CancellationToken cancellation)
    {
        // Servers live for half a minute here: most of what compiles their code better would never pay.
        Environment.SetEnvironmentVariable("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        await using var run = new OnlineCopyRun(arguments);
        try
        {
            await run.RunAsync(cancellation);
        }
        catch (Exception failure)
        {
            run._keep = failure is not OperationCanceledException;
            if (run._keep)
                Console.Error.WriteLine($"Repository, ledger and data folders are kept in '{run._root}'.");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var production in _productions.Values)
            await production.DisposeAsync();
        if (!_keep)
            Directory.Delete(_root, recursive: true);
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            for (var number = 1; number <= _arguments.Copies; number++)
                await RunAsync(number, cancellation);
        }
        finally
        {
            _table.Print(Console.Out);
        }
        if (_table.Bad + _table.Unproven > 0)
        {
            throw new Violation(string.Create(CultureInfo.InvariantCulture,
                $"{_table.Bad} copies are bad, and {_table.Unproven} could not be proven."));
        }
        Console.WriteLine("Every copy that was published is what it says.");
    }

    private async Task RunAsync(int number, CancellationToken cancellation)
    {
        var version = _arguments.Versions[(number - 1) / RoundsPerTurn % _arguments.Versions.Count];
        var production = await TurnToAsync(version, number, cancellation);
        var plan = RoundPlan.Draw(_arguments.Seed, number, production.StartTime);
        var round = new Round(production, plan, _repository);
        var report = await round.RunAsync(cancellation);
        _table.Enter(report);
        Console.WriteLine(report);
        if (report.Outcome == Outcome.Good)
            Remove(round.Id, cancellation);
    }

    /// <summary>The version's server. The one whose turn is over is stopped; what it has written stays.</summary>
    private async Task<Production> TurnToAsync(string version, int number, CancellationToken cancellation)
    {
        foreach (var other in _productions.Values.Where(other => other.Version != version && other.Server is not null))
            await other.StopAsync();
        if (_productions.TryGetValue(version, out var known))
            return known;
        var finder = new InstallationFinder();
        var installation = await finder.OnThisMachineAsync(version, cancellation)
            ?? await finder.FromOfficialArchiveAsync(version, cancellation)
            ?? throw InstallationFinder.NoneFound(version);
        var life = RoundPlan.Draw(_arguments.Seed, number, TimeSpan.Zero).Life;
        var size = _arguments.Small ? WorkloadSize.Small : WorkloadSize.Full;
        var production = await Production.FoundAsync(
            installation, Path.Combine(_root, version), size, _arguments.Seed, life, cancellation);
        _productions.Add(version, production);
        if (_arguments.Controls)
            await new NegativeControls(production, _repository).RunAsync(cancellation);
        return production;
    }

    private void Remove(string id, CancellationToken cancellation)
    {
        using var held = _repository.Lock("make room", cancellation);
        _repository.Remove(id, held, force: true);
    }
}
