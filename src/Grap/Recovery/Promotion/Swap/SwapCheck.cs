using System.Collections.Concurrent;
using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Recovery.Staging;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Looks at a server after an exchange: whether it runs on the store that was put there, and whether it holds
/// what that store held.</summary>
/// <param name="login">How to reach the database.</param>
internal sealed class SwapCheck(SessionOptions login)
{
    /// <summary>Looks.</summary>
    /// <param name="expected">The store; null where its files were damaged.</param>
    /// <param name="content">What was read from it before; null where nothing was.</param>
    /// <param name="progress">Told the share of the graph that was read.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.PromotionFailed"/>: it is another store, or holds
    /// something else though nobody wrote to it; or what the wire reports.</exception>
    public async Task<SwapFinding> RunAsync(
        StoreIdentity? expected, StagedContent? content, IProgress<double>? progress, CancellationToken cancellation)
    {
        try
        {
            var session = await Session.OpenAsync(login, cancellation).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            return await RunAsync(session, expected, content, progress, cancellation).ConfigureAwait(false);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, login.Address.ToString());
        }
    }

    private static async Task<SwapFinding> RunAsync(
        Session session, StoreIdentity? expected, StagedContent? content, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        var committed = expected is null
            ? 0
            : await CommittedSinceAsync(session, expected, cancellation).ConfigureAwait(false);
        if (committed > 0)
        {
            return new SwapFinding(null, [string.Create(CultureInfo.InvariantCulture,
                $"{committed} transactions were committed by others since the server was started, so that its content "
                + $"was not compared.")]);
        }
        return content is null
            ? new SwapFinding(expected is null ? null : true, [])
            : await CompareAsync(session, content, progress, cancellation).ConfigureAwait(false);
    }

    private static async Task<long> CommittedSinceAsync(
        Session session, StoreIdentity expected, CancellationToken cancellation)
    {
        var line = await ReadingConnection.OpenAsync(session, null, new ConcurrentQueue<string>(), cancellation)
            .ConfigureAwait(false);
        await using var closing = line.ConfigureAwait(false);
        var database = new ConnectedDatabase(session, line);
        var created = await database.CreatedAtAsync(cancellation).ConfigureAwait(false);
        if (created != expected.Store.CreatedAt)
        {
            throw Wrong(session, string.Create(CultureInfo.InvariantCulture,
                $"runs on a store that was created at {created:O}, and not on the one of {expected.Store.CreatedAt:O} "
                + $"that was put into its folder"));
        }
        var (_, last) = await database.NewestAsync(cancellation).ConfigureAwait(false);
        return last >= expected.LastTransaction
            ? last - expected.LastTransaction
            : throw Wrong(session, string.Create(CultureInfo.InvariantCulture,
                $"has come to transaction {last}, and its store to {expected.LastTransaction}"));
    }

    private static async Task<SwapFinding> CompareAsync(
        Session session, StagedContent content, IProgress<double>? progress, CancellationToken cancellation)
    {
        var graph = await LiveGraph.OpenAsync(session, cancellation).ConfigureAwait(false);
        await using var closing = graph.ConfigureAwait(false);
        var digest = await SourceDigest.ReadAsync(graph, progress, cancellation).ConfigureAwait(false);
        if (!await graph.IsOneStateAsync(cancellation).ConfigureAwait(false))
        {
            return new SwapFinding(
                null, ["Others wrote to the database while it was read, so that its content was not compared."]);
        }
        var counts = digest.CompleteCounts();
        if ((counts.Nodes, counts.Relationships, digest.Fingerprint)
            == (content.Nodes, content.Relationships, content.Fingerprint))
            return new SwapFinding(true, []);
        throw Wrong(session, string.Create(CultureInfo.InvariantCulture,
            $"holds {counts.Nodes} nodes and {counts.Relationships} relationships with the fingerprint "
            + $"{digest.Fingerprint}; staging held {content.Nodes} and {content.Relationships} with "
            + $"{content.Fingerprint}"));
    }

    private static GrapException Wrong(Session session, string what) => new(GrapCondition.PromotionFailed,
        $"Database '{session.Database}' at {session.Uri} {what}.",
        "Check that the data folder is that of this very server, and look at its debug.log.", session.Uri);
}
