namespace Grap.Recovery.Promotion.Swap;

/// <summary>The steps as the journal names them.</summary>
internal static class SwapStep
{
    /// <summary>Staging is copied beside the live folders.</summary>
    public const string Copy = "Copy";
    /// <summary>The server is stopped.</summary>
    public const string Stop = "Stop";
    /// <summary>The folders are exchanged.</summary>
    public const string Exchange = "Exchange";
    /// <summary>The server is started.</summary>
    public const string Start = "Start";
    /// <summary>What it runs on is looked at.</summary>
    public const string Check = "Check";
    /// <summary>Something failed, and the folders are exchanged back.</summary>
    public const string TakeBack = "TakeBack";
    /// <summary>A promotion that was interrupted is undone: what it exchanged so far is exchanged back.</summary>
    public const string Withdraw = "Withdraw";
}
