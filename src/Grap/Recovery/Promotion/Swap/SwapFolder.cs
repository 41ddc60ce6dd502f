namespace Grap.Recovery.Promotion.Swap;

/// <summary>One folder that a server knows by its name, what comes in its place, and where it goes: three names in one
/// folder.</summary>
/// <param name="Live">The name that the server knows.</param>
/// <param name="Incoming">What is to be there.</param>
/// <param name="Outgoing">What was there before.</param>
internal sealed record SwapFolder(string Live, string Incoming, string Outgoing)
{
    /// <summary>The folder that they are in.</summary>
    public string Parent => Path.GetDirectoryName(Live)!;
}
