using System.Diagnostics;

namespace Grap.Bench;

/// <summary>What one run took: seconds, those of CPU that this process used, and those of the server; null where no
/// server, or one that is not known, was used.</summary>
internal readonly record struct Cost(double Seconds, double CpuSeconds, double? ServerCpuSeconds)
{
    /// <summary>Measures one run.</summary>
    public static async Task<Cost> OfAsync(int? serverProcess, Func<Task> run)
    {
        GC.Collect();
        using var here = Process.GetCurrentProcess();
        using var server = serverProcess is { } id ? Process.GetProcessById(id) : null;
        var (hereBefore, serverBefore) = (here.TotalProcessorTime, server?.TotalProcessorTime);
        var clock = Stopwatch.StartNew();
        await run();
        var seconds = clock.Elapsed.TotalSeconds;
        here.Refresh();
        server?.Refresh();
        return new Cost(seconds, (here.TotalProcessorTime - hereBefore).TotalSeconds,
            (server?.TotalProcessorTime - serverBefore)?.TotalSeconds);
    }

    /// <summary>Measures several ways in turn, <paramref name="rounds"/> times after one warming, and returns the
    /// median of each. In turn, so that what else the machine does hits all of them.</summary>
    public static async Task<Cost[]> InTurnAsync(int rounds, int? serverProcess, params Func<Task>[] ways)
    {
        foreach (var way in ways)
            await way();
        var costs = ways.Select(static _ => new List<Cost>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
                costs[i].Add(await OfAsync(serverProcess, ways[i]));
        }
        return [.. costs.Select(Median)];
    }

    /// <summary>The run whose time is the median.</summary>
    public static Cost Median(IReadOnlyCollection<Cost> costs) =>
        costs.OrderBy(static one => one.Seconds).ElementAt(costs.Count / 2);
}

/// <summary>The most memory that this process held at once.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets earlier peaks; only Linux can.</summary>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    public static double Mebibytes()
    {
        using var here = Process.GetCurrentProcess();
        return here.PeakWorkingSet64 / 1048576.0;
    }
}
