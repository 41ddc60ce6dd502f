using Grap.OnlineCopy;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>What the folders of a promotion are called beside the live ones. An underscore cannot be in the name of a
/// database, so no server takes one of them for its own.</summary>
internal sealed class SwapNames(DatabaseFiles live, Guid promotion)
{
    private readonly string _start = $"{live.Database}_{promotion:N}";

    /// <summary>What is being copied.</summary>
    public DatabaseFiles Copying => Named("copy");

    /// <summary>What was copied and is to be live.</summary>
    public DatabaseFiles New => Named("new");

    /// <summary>What was live before the promotion.</summary>
    public DatabaseFiles Old => Named("old");

    /// <summary>What was live before the promotion was undone, or what was taken back for it was not sound.</summary>
    public DatabaseFiles Undone => Named("undone");

    /// <summary>The exchange of a promotion. The logs go first and come last: a server that somebody starts in between
    /// refuses a store without logs.</summary>
    public IReadOnlyList<SwapFolder> Promoting => Exchange(New, Old);

    /// <summary>The exchange that takes a promotion back.</summary>
    public IReadOnlyList<SwapFolder> Undoing => Exchange(Old, Undone);

    private DatabaseFiles Named(string what) => new($"{_start}_{what}", live.DataFolder, live.LogRoot);

    private SwapFolder[] Exchange(DatabaseFiles incoming, DatabaseFiles outgoing) =>
    [
        new(live.LogFolder, incoming.LogFolder, outgoing.LogFolder),
        new(live.StoreFolder, incoming.StoreFolder, outgoing.StoreFolder),
    ];
}
