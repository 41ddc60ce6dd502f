using System.Security.Cryptography;
using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Verification;

namespace Grap.Bench;

/// <summary>Proving: Structure per core and second, and Checksum beside SHA-256 of the same file.</summary>
internal static class ProofBench
{
    // One proof is over before .NET has compiled all of it to its end; a graph of some size is not.
    private const int Repeats = 10;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        foreach (var level in new[] { 0, 1, 9 })
        {
            var backup = await bed.TakeAsync(
                new BackupOptions { Method = BackupMethod.Bolt, Id = $"level-{level}", CompressionLevel = level },
                cancellation, keep: true);
            var raw = backup.RawBytes / 1e6;
            var stored = backup.SizeBytes / 1e6;
            var costs = await Cost.InTurnAsync(scale.Rounds, null,
                () => RepeatAsync(() => Task.Run(() => Hash(backup.Path), cancellation)),
                () => RepeatAsync(() => VerifyAsync(bed, backup, VerificationLevel.Checksum, cancellation)),
                () => RepeatAsync(() => VerifyAsync(bed, backup, VerificationLevel.Structure, cancellation)));
            Report.Line($"{Zstandard(level)}: {raw:N0} MB of content in {stored:N0} MB, {Repeats} times");
            Report.Way($"SHA-256 of the file, {Zstandard(level)}", costs[0], Repeats * stored, "MB stored");
            Report.Way($"Test-GrapBackup -Level Checksum, {Zstandard(level)}", costs[1], Repeats * stored, "MB stored");
            Report.Way($"Test-GrapBackup -Level Structure, {Zstandard(level)}", costs[2], Repeats * raw, "MB content");
            Report.Ratio("Checksum to SHA-256", costs[0].Seconds / costs[1].Seconds, "about 1");
            // Structure implies Checksum; what it adds is what runs on all cores.
            var decoding = costs[2].CpuSeconds - costs[1].CpuSeconds;
            Report.Figure($"Structure beyond Checksum, per core, {Zstandard(level)}", Repeats * raw / decoding, "MB content/s", "500 or more");
        }
    }

    private static string Zstandard(int level) => level == 0 ? "not compressed" : $"zstd level {level}";

    private static async Task RepeatAsync(Func<Task> work)
    {
        for (var i = 0; i < Repeats; i++)
            await work();
    }

    private static async Task VerifyAsync(
        Bed bed, Backup backup, VerificationLevel level, CancellationToken cancellation)
    {
        var result = await new Verifier().VerifyAsync(bed.Repository, backup.Id, level, null, cancellation);
        if (!result.Passed)
            throw new InvalidOperationException(string.Join(' ', result.Problems));
    }

    private static void Hash(string path)
    {
        using var file = File.OpenRead(path);
        SHA256.HashData(file);
    }
}
