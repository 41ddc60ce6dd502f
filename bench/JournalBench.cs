using System.Diagnostics;
using System.Text;
using Grap.Repositories;

namespace Grap.Bench;

/// <summary>Writing one entry to the journal, beside what the disk asks for it: as many bytes appended and synced, and
/// a lock's file made, synced and removed.</summary>
internal static class JournalBench
{
    private const int Entries = 200;

    public static Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        foreach (var before in (int[])[0, 100_000])
        {
            var folder = Directory.CreateTempSubdirectory("grap-bench-").FullName;
            try
            {
                Measure(folder, before, scale.Rounds, cancellation);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        return Task.CompletedTask;
    }

    private static void Measure(string folder, int before, int rounds, CancellationToken cancellation)
    {
        var journal = FolderRepository.Open(folder, create: true).Journal;
        if (before > 0)
            journal.AppendAll([.. Enumerable.Range(0, before).Select(Entry)]);
        List<double> synced = [], locked = [], open = [], anew = [];
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < Entries; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                // In turn, so that what else the machine does hits all of them.
                synced.Add(Milliseconds(() => AppendPlainly(Path.Combine(folder, "plain"))));
                locked.Add(Milliseconds(() => LockPlainly(Path.Combine(folder, "plain-lock"))));
                open.Add(Milliseconds(() => journal.Append(Entry(i))));
                anew.Add(Milliseconds(() => FolderRepository.Open(folder, create: false).Journal.Append(Entry(i))));
            }
        }
        var disk = Median(synced) + Median(locked);
        Report.DataSet = $"[{before} entries before]";
        Report.Figure("as many bytes appended and synced", Median(synced), "ms");
        Report.Figure("a lock's file made, synced and removed", Median(locked), "ms");
        ReportBeyond("an entry", Median(open), disk);
        ReportBeyond("an entry, repository opened anew", Median(anew), disk);
        if (before > 0)
            Report.Figure("all entries read and checked", Milliseconds(() => journal.Read()), "ms");
    }

    private static void ReportBeyond(string what, double time, double disk)
    {
        Report.Figure(what, time, "ms");
        Report.Figure($"{what}, beyond the disk's own", time - disk, "ms", "1 or less");
    }

    private static JournalEntry Entry(int number) => new()
    {
        Operation = "QueryRun",
        EntityType = "database",
        EntityId = "neo4j",
        Details = new Dictionary<string, string>
        {
            ["queryHash"] = new string('0', 64), ["server"] = "bolt://localhost:7687", ["nodes-created"] = $"{number}",
        },
    };

    private static void AppendPlainly(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write);
        file.Write(Encoding.ASCII.GetBytes(new string('x', 600)));
        file.Flush(flushToDisk: true);
    }

    private static void LockPlainly(string path)
    {
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes(new string('x', 200)));
            file.Flush(flushToDisk: true);
        }
        File.Delete(path);
    }

    private static double Milliseconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
