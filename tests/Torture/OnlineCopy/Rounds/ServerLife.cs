using System.Globalization;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>How a server is configured from one start to the next.</summary>
/// <param name="Retention">Which transaction logs it keeps: <c>db.tx_log.rotation.retention_policy</c>.</param>
/// <param name="PageCacheMegabytes">Far less than the store, so that pages are evicted all the time.</param>
/// <param name="CheckpointEvery">Transactions between two checkpoints; there is one every second too.</param>
internal sealed record ServerLife(string Retention, int PageCacheMegabytes, int CheckpointEvery)
{
    private static readonly string[] s_retentions = ["keep_none", "keep_none", "1 files", "2 days 2G"];
    private static readonly int[] s_pageCaches = [8, 8, 16];
    private static readonly int[] s_checkpoints = [100, 100, 1000];

    /// <summary>The settings in <c>neo4j.conf</c>.</summary>
    public Dictionary<string, string> Settings => new(StringComparer.Ordinal)
    {
        ["db.checkpoint.interval.time"] = "1s",
        ["db.checkpoint.interval.tx"] = CheckpointEvery.ToString(CultureInfo.InvariantCulture),
        ["db.tx_log.rotation.size"] = "256k",
        ["db.tx_log.rotation.retention_policy"] = Retention,
        ["db.tx_log.preallocate"] = "false",
        // Seen once on 5.26.30: a schema change waited for the lock of a query, that for a plan which another was making, and
        // that one for the schema. Nobody notices such a circle.
        ["db.transaction.timeout"] = "2m",
    };

    /// <summary>Draws one.</summary>
    public static ServerLife Draw(Random random) => new(
        s_retentions[random.Next(s_retentions.Length)],
        s_pageCaches[random.Next(s_pageCaches.Length)],
        s_checkpoints[random.Next(s_checkpoints.Length)]);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Retention}, page cache {PageCacheMegabytes} MiB, checkpoint every {CheckpointEvery} transactions");
}
