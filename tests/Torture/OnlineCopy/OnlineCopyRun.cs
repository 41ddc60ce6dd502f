using System.Diagnostics;
using Grap.Lab.Installations;
using Grap.Tests.Torture.OnlineCopy.Rounds;
using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy;

internal static class OnlineCopyRun
{
    public static async Task RunAsync(string[] versions, CancellationToken cancellation)
    {
        var root = Directory.CreateTempSubdirectory("grap-torture-").FullName;
        foreach (var version in versions)
        {
            var clock = Stopwatch.StartNew();
            var finder = new InstallationFinder();
            var installation = await finder.FromSharedFolderAsync(version, cancellation)
                ?? throw InstallationFinder.NoneFound(version);
            var life = new ServerLife("keep_none", 8, 100);
            await using var production = await Production.FoundAsync(
                installation, Path.Combine(root, version), WorkloadSize.Full, 1, life, cancellation);
            Console.WriteLine($"{version} {clock.Elapsed} founded");
            for (var i = 0; i < 3; i++)
            {
                production.Write();
                await Task.Delay(12000, cancellation);
                if (i == 1)
                {
                    await production.KillAsync();
                    await production.StartAsync(life, cancellation);
                    production.Write();
                    await Task.Delay(5000, cancellation);
                }
                await production.Crew.StopAsync();
                Console.WriteLine($"{clock.Elapsed} written");
                var findings = await production.InspectAsync(cancellation);
                Console.WriteLine($"{clock.Elapsed} {findings.Transactions} {findings.Late}");
                foreach (var p in findings.Problems)
                    Console.WriteLine(p);
            }
            using var du = Process.Start("du", ["-sh", production.DataFolder + "/databases/neo4j", production.DataFolder + "/transactions/neo4j"]);
            await du.WaitForExitAsync(cancellation);
        }
    }
}
