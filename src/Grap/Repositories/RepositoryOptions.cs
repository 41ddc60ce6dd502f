namespace Grap.Repositories;

/// <summary>What a repository needs from outside.</summary>
public sealed record RepositoryOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The files.</summary>
    public IFileSystem Files { get; init; } = new DiskFileSystem();

    /// <summary>Who acts, for the journal: user@host.</summary>
    public string Actor { get; init; } = $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Who holds a lock, and whether such a process still runs.</summary>
    internal IProcessTable Processes { get; init; } = new ProcessTable();
}
