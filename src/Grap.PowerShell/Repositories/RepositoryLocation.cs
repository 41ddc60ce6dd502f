using System.Management.Automation;

namespace Grap.PowerShell.Repositories;

/// <summary>Finds the folder that a user means by a repository.</summary>
internal static class RepositoryLocation
{
    /// <summary>The absolute path of <paramref name="address"/>, relative ones resolved against <c>$PWD</c> and drives
    /// of PowerShell followed. Throws <see cref="GrapException"/> with RepositoryInvalid or NotSupported. Call it on
    /// the pipeline thread.</summary>
    public static string Resolve(SessionState state, string address)
    {
        if (address.Contains("://", StringComparison.Ordinal))
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"{address} is not a folder; no other repository can be used yet.",
                "Give a folder, which may be a mounted share.", address);
        }
        // $PWD may be elsewhere, in a registry or certificate drive: a plain relative path still means the file system.
        if (!Path.IsPathRooted(address) && !address.Contains(':'))
            return Path.GetFullPath(address, state.Path.CurrentFileSystemLocation.ProviderPath);
        try
        {
            var path = state.Path.GetUnresolvedProviderPathFromPSPath(address, out var provider, out _);
            return provider.Name == "FileSystem" ? Path.GetFullPath(path) : throw NotAFolder(address, null);
        }
        catch (Exception e) when (e is SessionStateException or ProviderInvocationException or ArgumentException)
        {
            throw NotAFolder(address, e);
        }
    }

    private static GrapException NotAFolder(string address, Exception? inner) => new(
        GrapCondition.RepositoryInvalid, $"{address} is not a path of the file system.",
        "Give a folder with -Repository or BACKUP_DIR.", address, inner);
}
