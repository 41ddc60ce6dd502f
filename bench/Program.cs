using Grap.Bench;
using Grap.Lab;

Dictionary<string, Func<Scale, CancellationToken, Task>> all = new(StringComparer.Ordinal)
{
    ["reading"] = ReadingBench.RunAsync,
    ["scaling"] = ScalingBench.RunAsync,
    ["copy"] = CopyBench.RunAsync,
    ["copy-memory"] = CopyMemoryBench.RunAsync,
    ["disturbance"] = DisturbanceBench.RunAsync,
    ["large"] = LargeElementBench.RunAsync,
    ["proof"] = ProofBench.RunAsync,
    ["restore"] = RestoreBench.RunAsync,
    ["compare"] = ComparisonBench.RunAsync,
    ["apply"] = ApplyBench.RunAsync,
    ["listing"] = ListingBench.RunAsync,
    ["journal"] = JournalBench.RunAsync,
    ["module"] = ModuleBench.RunAsync,
    ["health"] = HealthBench.RunAsync,
    ["retention"] = RetentionBench.RunAsync,
};

var scale = args.Contains("--small") ? Scale.Small : Scale.Full;
var wanted = args.Where(static a => a != "--small").ToList();
var unknown = wanted.FirstOrDefault(name => !all.ContainsKey(name));
if (unknown is not null)
{
    Console.Error.WriteLine(
        $"There is no benchmark '{unknown}'; there are {string.Join(", ", all.Keys)}. --small is for a quick look.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
Report.Machine();
try
{
    foreach (var (name, run) in all.Where(bench => wanted.Count == 0 || wanted.Contains(bench.Key)))
    {
        Report.Title(name);
        await run(scale, stop.Token);
    }
    return 0;
}
catch (LabException none)
{
    Console.Error.WriteLine(none.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
