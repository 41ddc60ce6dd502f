using System.Diagnostics;
using Grap.Backups;

namespace Grap.Bench;

/// <summary>The files that a HotCopy copies, for the tools that copy and compress files without knowing what they
/// are.</summary>
internal sealed class StoreFiles
{
    private readonly string _names;

    private StoreFiles(string names, int count, long bytes) => (_names, Count, Bytes) = (names, count, bytes);

    public int Count { get; }

    public long Bytes { get; }

    /// <summary>Those of a server; null, and says so, where they cannot be reached.</summary>
    public static async Task<StoreFiles?> OfAsync(Bed bed, CancellationToken cancellation)
    {
        if (bed.Server.DataFolder is not { } data)
        {
            Report.Line($"The files of a server in a container are not copied.");
            return null;
        }
        var backup = await bed.TakeAsync(
            new BackupOptions { Method = BackupMethod.HotCopy, CompressionLevel = 0 }, cancellation, keep: true);
        var copied = backup.Manifest!.Physical!.Files;
        var names = copied.Select(file => Path.Combine(
            data, file.Kind == PhysicalFileKind.Log ? "transactions" : "databases", bed.Session.Database, file.Name));
        return new StoreFiles(
            string.Join(' ', names.Select(static name => $"'{name}'")), copied.Count, copied.Sum(static f => f.Length));
    }

    public Task CopyAsync(string target, CancellationToken cancellation) =>
        ShellAsync($"cp {_names} '{target}' && sync '{target}'/*", cancellation);

    public Task CompressAsync(string target, CancellationToken cancellation) =>
        ShellAsync($"cat {_names} | zstd -q -f -T2 -1 -o '{target}/x' && sync '{target}/x'", cancellation);

    private static async Task ShellAsync(string script, CancellationToken cancellation)
    {
        using var shell = Process.Start("/bin/sh", ["-c", script]);
        await shell.WaitForExitAsync(cancellation);
        if (shell.ExitCode != 0)
            throw new InvalidOperationException($"'{script}' ended with exit code {shell.ExitCode}.");
    }
}
