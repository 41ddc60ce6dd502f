using Grap.Servers;

namespace Grap.Health;

/// <summary>Checks a database and its backups. Only reads.</summary>
/// <param name="options">What, and how long it may take.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class HealthCheck(HealthOptions options, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Runs every check. What is wrong with the server, the database or the repository is in the report and no
    /// exception.</summary>
    /// <param name="target">The database.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<HealthReport> RunAsync(HealthTarget target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        var began = (At: _time.GetUtcNow(), Timestamp: _time.GetTimestamp());
        var runner = new TierRunner(target.Address, _time, cancellation);
        var checks = new List<HealthTier>();
        Session? session = null;
        Guid? databaseId = null;
        checks.Add(await runner.RunAsync(HealthTier.Connectivity, options.ConnectivityLimit, async stopping =>
        {
            // The session counts even where the server then does not answer: the others may be luckier.
            session = await target.Connect(stopping).ConfigureAwait(false);
            databaseId = await ConnectivityTier.AskAsync(session, stopping).ConfigureAwait(false);
            return ConnectivityTier.Answered;
        }).ConfigureAwait(false));

        var database = session?.Database ?? target.Database;
        var shelf = new BackupShelf(target.Repository, database, databaseId);
        await RunAsync(HealthTier.SchemaConsistency, options.SchemaLimit, opened =>
            new SchemaTier(opened, options.Schema, shelf, options.SchemaLimit)).ConfigureAwait(false);
        await RunAsync(HealthTier.OrphanDetection, options.OrphanLimit, opened =>
            new OrphanTier(opened, options.Schema, shelf, options.OrphanLimit)).ConfigureAwait(false);
        BackupFreshness? freshness = null;
        if (options.Tiers.Contains(HealthTier.BackupFreshness))
        {
            checks.Add(await runner.RunAsync(HealthTier.BackupFreshness, options.BackupLimit, _ =>
            {
                var tier = new FreshnessTier(options, shelf, _time);
                var finding = tier.Check();
                freshness = tier.Freshness;
                return Task.FromResult(finding);
            }).ConfigureAwait(false));
        }
        var (statistics, uncounted) = options.Detailed
            ? await CountAsync(session, runner).ConfigureAwait(false)
            : (null, null);
        return new HealthReport
        {
            Timestamp = began.At,
            Address = target.Address,
            Database = database,
            Checks = checks,
            Statistics = statistics,
            StatisticsProblem = uncounted,
            Backups = freshness,
            Duration = _time.GetElapsedTime(began.Timestamp),
        };

        async Task RunAsync(string name, TimeSpan limit, Func<Session, ISessionTier> tier)
        {
            if (!options.Tiers.Contains(name))
                return;
            checks.Add(await runner.RunAsync(name, limit, stopping => session is null
                ? Task.FromResult(TierFinding.Skip("Not checked: the server could not be reached"))
                : tier(session).CheckAsync(stopping)).ConfigureAwait(false));
        }
    }

    // Numbers that cannot be had in time make nobody ill: none of the checks stands on them.
    private async Task<(GraphStatistics? Statistics, string? Problem)> CountAsync(Session? session, TierRunner runner)
    {
        if (session is null)
            return (null, "The server could not be reached");
        GraphStatistics? statistics = null;
        var counting = await runner.RunAsync("statistics", options.OrphanLimit, async stopping =>
        {
            statistics = await StatisticsReading.ReadAsync(session, options.OrphanLimit, stopping)
                .ConfigureAwait(false);
            return TierFinding.Pass("");
        }).ConfigureAwait(false);
        return counting.Status == TierStatus.Pass ? (statistics, null) : (null, counting.Message);
    }
}
