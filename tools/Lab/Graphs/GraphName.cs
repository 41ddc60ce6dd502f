using Grap.Lab.Servers;

namespace Grap.Lab.Graphs;

/// <summary>The graphs that the lab knows.</summary>
public enum GraphName
{
    /// <summary>An empty database.</summary>
    None,
    /// <summary>The packages of Debian; a generated graph of like size where the data is not there.</summary>
    Debian,
    /// <summary>A generated graph.</summary>
    Generated,
    /// <summary>Everything that is rare.</summary>
    Hostile,
}

/// <summary>Which graph, and how much of it.</summary>
/// <param name="Name">Which.</param>
/// <param name="Size">Nodes of a generated graph; MiB of the hostile graph's largest element; null for the usual
/// size.</param>
public sealed record GraphOptions(GraphName Name, int? Size = null)
{
    private const int GeneratedSize = 40_000;
    private const int LargestMegabytes = 4;

    /// <summary>Loads it into an empty server and returns what is there then.</summary>
    public async Task<(long Nodes, long Relationships)> LoadAsync(LabServer server, CancellationToken cancellation)
    {
        await using var driver = server.Connect();
        await using var loader = await GraphLoader.OpenAsync(driver, cancellation);
        switch (Name)
        {
            case GraphName.Debian when DebianGraph.FindFolder() is { } folder:
                await DebianGraph.LoadAsync(loader, folder);
                break;
            case GraphName.Debian or GraphName.Generated:
                await GeneratedGraph.LoadAsync(loader, Size ?? GeneratedSize, seed: 1);
                break;
            case GraphName.Hostile:
                await HostileGraph.LoadAsync(loader, server.Version, Size ?? LargestMegabytes);
                break;
            case GraphName.None:
                break;
            default:
                throw new LabException($"No graph is named {Name}.");
        }
        return await loader.CountAsync();
    }
}
