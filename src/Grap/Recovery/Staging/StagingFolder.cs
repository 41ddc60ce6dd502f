using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Recovery.Staging;

/// <summary>The folder that a recovery restores into. It belongs to the record, whatever process ends.</summary>
internal static class StagingFolder
{
    /// <summary>Where staging folders are made when nothing else is said: beside the scratch servers'.</summary>
    public static string DefaultParent() =>
        Path.Combine(Path.GetDirectoryName(ServerFolder.DefaultParent())!, "staging");

    /// <summary>Ends servers that dead processes left in the folder, and removes it. A folder on another machine is left
    /// alone.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.DataFolderInUse"/>: a living process runs a server in
    /// it; <see cref="GrapCondition.NotSupported"/>: it is on another machine.</exception>
    public static void Remove(string folder, string? host)
    {
        if (host is not null && host != Environment.MachineName)
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"The staging folder '{folder}' is on machine '{host}', not on this one.",
                $"Run the command on '{host}'.", folder);
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
}
