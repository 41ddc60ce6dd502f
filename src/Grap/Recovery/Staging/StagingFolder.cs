using System.Diagnostics.CodeAnalysis;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Recovery.Staging;

/// <summary>The folder that a recovery restores into. It belongs to the record, whatever process ends.</summary>
internal static class StagingFolder
{
    /// <summary>Where staging folders are made when nothing else is said: beside the scratch servers'.</summary>
    public static string DefaultParent() =>
        Path.Combine(Path.GetDirectoryName(ServerFolder.DefaultParent())!, "staging");

    /// <summary>Bytes of the files in one; 0 where there is none, and where it is on another machine.</summary>
    public static long Size(string? folder, string? host) =>
        IsHere(folder, host)
            ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length)
            : 0;

    /// <summary>The server that was left running in one; null where there is none, and where it is on another
    /// machine.</summary>
    public static KeptServer? FindServer(string? folder, string? host) =>
        IsHere(folder, host) ? ServerFolder.FindKept(folder) : null;

    /// <summary>Stops that server in peace.</summary>
    public static Task StopServerAsync(string? folder, string? host, CancellationToken cancellation) =>
        IsHere(folder, host) ? ServerFolder.StopKeptAsync(folder, cancellation) : Task.CompletedTask;

    /// <summary>Ends servers that no living process owns in the folder, and removes it. A folder on another machine is
    /// left alone.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.DataFolderInUse"/>: a living process runs a server in
    /// it; <see cref="GrapCondition.NotSupported"/>: it is on another machine.</exception>
    public static void Remove(string folder, string? host)
    {
        if (!IsOfThisMachine(host))
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"The staging folder '{folder}' is on machine '{host}', not on this one.",
                $"Run the command on '{host}'. Where that machine is gone, Reset-GrapRecovery -MachineLost forgets it.",
                folder);
        }
        if (!Directory.Exists(folder))
            return;
        ServerFolder.RemoveLeftovers(folder);
        if (ServerFolder.IsInUse(folder))
        {
            throw new GrapException(GrapCondition.DataFolderInUse,
                $"A server of a process that runs uses the staging folder '{folder}'.",
                "End that process first.", folder);
        }
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            throw StorageFault.From(failure, folder);
        }
    }

    /// <summary>Whether a folder on <paramref name="host"/> can be seen here. One of before hosts were kept
    /// counts.</summary>
    public static bool IsOfThisMachine(string? host) => host is null || host == Environment.MachineName;

    private static bool IsHere([NotNullWhen(true)] string? folder, string? host) =>
        folder is not null && IsOfThisMachine(host) && Directory.Exists(folder);
}
