using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grap.Bolt;

namespace Grap.Audit;

/// <summary>What the journal keeps of a query: the hash of its text and what it changed, but neither the text nor the
/// parameters nor a value, all of which may hold secrets and personal data.</summary>
public static class QueryAudit
{
    /// <summary>A query as an operation.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="address">The server's address, without credentials.</param>
    public static AuditedOperation Operation(string text, string database, string address) =>
        new("QueryRun", "database", database)
        {
            KeepsMessage = false,
            Details = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["queryHash"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant(),
                ["server"] = address,
            },
        };

    /// <summary>The operation with what the server says that it changed.</summary>
    public static AuditedOperation WithCounters(AuditedOperation operation, BoltSummary summary)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var details = new Dictionary<string, string>(operation.Details, StringComparer.Ordinal);
        foreach (var (name, count) in Counters(summary))
            details[name] = count.ToString(CultureInfo.InvariantCulture);
        return operation with { Details = details };
    }

    /// <summary>Whether the server took the query for one that writes. False only where it says that it
    /// reads.</summary>
    public static bool Writes(BoltSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.Metadata.GetValueOrDefault("type") as string != "r";
    }

    /// <summary>The counters that a server returns: <c>nodes-created</c>, <c>properties-set</c>, ….</summary>
    public static IEnumerable<(string Name, long Count)> Counters(BoltSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.Metadata.GetValueOrDefault("stats") is IReadOnlyDictionary<string, object?> stats
            ? stats.Where(pair => pair.Value is long).Select(pair => (pair.Key, (long)pair.Value!))
            : [];
    }
}
