namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>How large the graph and its transactions are.</summary>
/// <param name="Ballast">Nodes that fill the store, with a long string each and two relationships.</param>
/// <param name="Elements">Nodes and relationships of one bulk import.</param>
/// <param name="Writers">Writers of small transactions.</param>
internal sealed record WorkloadSize(int Ballast, int Elements, int Writers)
{
    /// <summary>Accounts that all writers share.</summary>
    public const int Accounts = 100;

    /// <summary>What each account begins with.</summary>
    public const long OpeningBalance = 1000;

    /// <summary>Nodes that all writers connect theirs to.</summary>
    public const int Hubs = 3;

    /// <summary>Items that a writer has at most, each under a business key of its own.</summary>
    public const int Items = 150;

    /// <summary>Nodes of one bulk import; each has one relationship.</summary>
    public int BulkNodes => Elements / 2;

    /// <summary>A store of 50 to 85 MB, and transactions of 50,000 elements.</summary>
    public static WorkloadSize Full { get; } = new(Ballast: 60_000, Elements: 50_000, Writers: 4);

    /// <summary>A store that is copied in a second, for a run that is over in a minute.</summary>
    public static WorkloadSize Small { get; } = new(Ballast: 8_000, Elements: 8_000, Writers: 3);
}
