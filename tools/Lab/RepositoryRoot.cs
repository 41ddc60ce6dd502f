namespace Grap.Lab;

/// <summary>The project's own folder, found from where this program runs.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder with the project's central package versions, at or above the program's folder; null
    /// outside a checkout.</summary>
    public static string? Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Directory.Packages.props")))
                return folder;
        }
        return null;
    }
}
