namespace Grap.Health;

/// <summary>A check that asks the server.</summary>
internal interface ISessionTier
{
    /// <summary>Asks. What the server has against it is thrown.</summary>
    Task<TierFinding> CheckAsync(CancellationToken cancellation);
}
