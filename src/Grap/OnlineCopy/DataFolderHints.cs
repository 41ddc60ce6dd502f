namespace Grap.OnlineCopy;

/// <summary>What is known here of where a server keeps its files.</summary>
public sealed record DataFolderHints
{
    /// <summary>The data folder, which holds <c>databases</c>. The rest then only says where the transaction logs are,
    /// if that is not <c>transactions</c> in it.</summary>
    public string? DataPath { get; init; }

    /// <summary>A Neo4j installation; its configuration says where the data is.</summary>
    public string? Home { get; init; }

    /// <summary>The folder of <c>neo4j.conf</c>; null for <c>conf</c> in <see cref="Home"/>.</summary>
    public string? Configuration { get; init; }
}
