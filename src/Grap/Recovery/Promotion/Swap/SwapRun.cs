using Grap.Repositories;
using Grap.Servers.Control;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>What a run works with, and whom it tells.</summary>
internal sealed record SwapSite
{
    /// <summary>What is exchanged.</summary>
    public required FolderExchange Exchange { get; init; }
    /// <summary>The server.</summary>
    public required ControlledServer Server { get; init; }
    /// <summary>Whether the server ran on what goes out, and is to run on it again when that comes back.</summary>
    public required bool RanBefore { get; init; }
    /// <summary>Whether the server is started on what comes in.</summary>
    public bool Starts { get; init; } = true;
    /// <summary>Whether a run before this one was interrupted: the server may be down.</summary>
    public required bool Resumed { get; init; }
    /// <summary>Copies what is to come in, unless it is there; null where it always is.</summary>
    public Action<CancellationToken>? Copy { get; init; }
    /// <summary>Keeps servers from starting while folders are exchanged; may come to nothing.</summary>
    public required Func<IDisposable?> Guard { get; init; }
    /// <summary>Looks at what the server runs on; throws where it is not what it should be.</summary>
    public required Func<CancellationToken, Task<SwapFinding>> Check { get; init; }
    /// <summary>Writes a step down before it is done.</summary>
    public required Action<string> Begin { get; init; }
    /// <summary>Tidies up when everything is as it was before, and writes that down; returns what somebody should know,
    /// as sentences.</summary>
    public required Func<IReadOnlyList<string>> RolledBack { get; init; }
}

/// <summary>What was seen of a server after an exchange.</summary>
/// <param name="Equal">Whether it holds what it should; null where that was not looked at, or cannot be
/// told.</param>
/// <param name="Remarks">What somebody should know, each as a sentence.</param>
internal sealed record SwapFinding(bool? Equal, IReadOnlyList<string> Remarks);

/// <summary>
/// Carries out one exchange with the server stopped, from wherever an earlier run left it, and takes it back by itself
/// when something fails.
/// </summary>
internal sealed class SwapRun(SwapSite site)
{
    private const string ByHand =
        "Run the same command again to go on, or Undo-GrapPromotion to go back; docs/swap.md says how by hand.";

    private bool _serverIsTouched = site.Resumed;

    /// <summary>Runs it.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.PromotionFailed"/>, after the server was stopped: the
    /// message says whether everything is as it was. What fails before is thrown as it is.</exception>
    public async Task<SwapFinding> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return await TryAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not GrapException { Condition: GrapCondition.LockLost })
        {
            var known = Known(failure);
            if (!_serverIsTouched)
            {
                site.RolledBack();
                throw known;
            }
            var remarks = await TakeBackAfterAsync(known).ConfigureAwait(false);
            if (known is OperationCanceledException)
                throw known;
            var after = site.RanBefore ? ", and it runs on them again." : "; it was left stopped.";
            throw new GrapException(GrapCondition.PromotionFailed, string.Join(' ',
                [$"It was taken back: the server's own folders are in their places{after}", .. remarks, known.Message]),
                (known as GrapException)?.RecommendedAction ?? "Look into the server's logs, then try again.",
                (known as GrapException)?.Target, known);
        }
    }

    /// <summary>Puts everything back that an interrupted run exchanged.</summary>
    /// <returns>What somebody should know, as sentences.</returns>
    /// <exception cref="GrapException">It did not succeed; it can be tried again.</exception>
    public async Task<IReadOnlyList<string>> TakeBackAsync(CancellationToken cancellation)
    {
        if (site.Exchange.IsBegun)
            await site.Server.StopAsync(cancellation).ConfigureAwait(false);
        Exchange(site.Exchange.TakeBack);
        if (site.RanBefore)
            await site.Server.StartAsync(cancellation).ConfigureAwait(false);
        return site.RolledBack();
    }

    private async Task<SwapFinding> TryAsync(CancellationToken cancellation)
    {
        if (!site.Exchange.IsBegun && site.Copy is not null)
        {
            site.Begin(SwapStep.Copy);
            site.Copy(cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
        if (!site.Exchange.IsDone)
        {
            site.Begin(SwapStep.Stop);
            _serverIsTouched = true;
            await site.Server.StopAsync(cancellation).ConfigureAwait(false);
            site.Begin(SwapStep.Exchange);
        }
        // Also where it was done before: its last rename may be not yet on the disk.
        Exchange(site.Exchange.Complete);
        if (!site.Starts)
            return new SwapFinding(null, []);
        site.Begin(SwapStep.Start);
        await site.Server.StartAsync(cancellation).ConfigureAwait(false);
        site.Begin(SwapStep.Check);
        return await site.Check(cancellation).ConfigureAwait(false);
    }

    private void Exchange(Action exchange)
    {
        using var guard = site.Guard();
        try
        {
            exchange();
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            throw FolderFault.From(failure);
        }
    }

    private async Task<IReadOnlyList<string>> TakeBackAfterAsync(Exception failure)
    {
        try
        {
            NoteTakingBack();
            return await TakeBackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception second) when (Known(second) is GrapException { Condition: not GrapCondition.LockLost } known)
        {
            var places = string.Join(" and ", site.Exchange.Folders.Select(static folder => $"'{folder.Live}'"));
            throw new GrapException(GrapCondition.PromotionFailed,
                $"The server may be down. What belongs in {places} stands beside it. Going back did not succeed: "
                + $"{known.Message} Before that: {failure.Message}", $"{known.RecommendedAction} {ByHand}",
                known.Target, second);
        }
    }

    // A repository that cannot be written just now does not keep production down: the folders themselves say how far an
    // exchange has come.
    private void NoteTakingBack()
    {
        try
        {
            site.Begin(SwapStep.TakeBack);
        }
        catch (GrapException unwritten) when (unwritten.Condition != GrapCondition.LockLost)
        {
            // The step before stands in the journal, and a next run goes on or back from it just as well.
        }
    }

    private static Exception Known(Exception failure) =>
        StorageFault.IsStorage(failure) ? FolderFault.From(failure) : failure;
}
