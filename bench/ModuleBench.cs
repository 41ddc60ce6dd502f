using System.Diagnostics;
using System.Globalization;
using Grap.Lab;

namespace Grap.Bench;

/// <summary>What it costs to have the module: importing it in a fresh process.</summary>
internal static class ModuleBench
{
    private const string Script = """
        param([string] $Manifest)
        $usedBefore = [System.Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds
        $before = [System.Diagnostics.Stopwatch]::StartNew()
        Import-Module $Manifest
        $import = $before.Elapsed.TotalMilliseconds
        $null = Get-GrapConfiguration
        $first = $before.Elapsed.TotalMilliseconds
        $used = [System.Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds - $usedBefore
        [string]::Format([cultureinfo]::InvariantCulture, '{0} {1} {2}', $import, $first, $used)
        """;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        var root = RepositoryRoot.Find() ?? throw new LabException("This is measured in a checkout only.");
        var host = Path.Combine(root, "artifacts", "host", "Grap.Host.dll");
        var (program, arguments) = File.Exists(host) ? ("dotnet", new[] { host }) : ("pwsh", ["-NoProfile", "-File"]);
        var script = Path.Combine(Path.GetTempPath(), $"grap-bench-{Guid.NewGuid():n}.ps1");
        await File.WriteAllTextAsync(script, Script, cancellation);
        try
        {
            var imports = new List<double>();
            var firsts = new List<double>();
            var used = new List<double>();
            for (var round = 0; round < Math.Max(5, scale.Rounds); round++)
            {
                var line = await RunAsync(program,
                    [.. arguments, script, Path.Combine(root, "artifacts", "module", "Grap", "Grap.psd1")], cancellation);
                var times = line.Split(' ').Select(static t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
                imports.Add(times[0]);
                firsts.Add(times[1]);
                used.Add(times[2]);
            }
            Report.DataSet = $"[{program}]";
            Report.Figure("Import-Module Grap", Median(imports), "ms", "300 or less");
            Report.Figure("the same, and the first command", Median(firsts), "ms");
            Report.Figure("CPU of both", Median(used), "ms");
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return output.Trim();
    }
}
