namespace Grap.OnlineCopy;

/// <summary>What is known here of where a server keeps its files.</summary>
public sealed record DataFolderHints
{
    /// <summary>The data folder, which holds <c>databases</c> and <c>transactions</c>; then nothing else is looked
    /// at.</summary>
    public string? DataPath { get; init; }

    /// <summary>A Neo4j installation; its configuration says where the data is.</summary>
    public string? Home { get; init; }

    /// <summary>The folder of <c>neo4j.conf</c>; null for <c>conf</c> in <see cref="Home"/>.</summary>
    public string? Configuration { get; init; }
}
