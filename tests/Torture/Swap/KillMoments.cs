using System.Diagnostics;
using Grap.Recovery.Promotion.Swap;

namespace Grap.Tests.Torture.Swap;

/// <summary>The moments of a promotion by Swap at which its process is killed: before each step, as progress tells it,
/// and before each thing that is done to the server's folders.</summary>
internal sealed class KillMoments(string moment) : IProgress<WorkProgress>, IDataFolders
{
    /// <summary>All of them, in the order in which they are come to.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        SwapStep.Copy, "copy transactions", "copy databases", SwapStep.Stop, SwapStep.Exchange,
        "away transactions", "away databases", "in databases", "in transactions", SwapStep.Start, SwapStep.Check,
    ];

    private readonly DataFolders _folders = new();

    public void Report(WorkProgress value)
    {
        // With a fraction it is within the step.
        if (value.Fraction is null)
            Pass(value.Status);
    }

    public bool Exists(string folder) => _folders.Exists(folder);

    public void Rename(string from, string to)
    {
        var which = Path.GetFileName(Path.GetDirectoryName(from))!;
        if (to.EndsWith("_old", StringComparison.Ordinal))
            Pass($"away {which}");
        else if (from.EndsWith("_new", StringComparison.Ordinal))
            Pass($"in {which}");
        _folders.Rename(from, to);
    }

    public void SyncNames(string folder) => _folders.SyncNames(folder);

    public void Create(string folder) => _folders.Create(folder);

    public void Copy(string from, string to, string like, Action<long> copied, CancellationToken cancellation)
    {
        // In the middle: some files are there.
        _folders.Copy(from, to, like, bytes =>
        {
            copied(bytes);
            Pass($"copy {Path.GetFileName(Path.GetDirectoryName(to))}");
        }, cancellation);
    }

    public void Delete(string folder) => _folders.Delete(folder);

    private void Pass(string passed)
    {
        if (passed != moment)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
