using Grap.Bolt;

namespace Grap.Servers;

/// <summary>Groups of Neo4j's status codes that mean one thing to a backup
/// (https://neo4j.com/docs/status-codes/current/errors/all-errors/).</summary>
internal static class ServerCodes
{
    /// <summary>Whether the server has no memory left for the transaction.</summary>
    public static bool MeansOutOfMemory(BoltException failure) =>
        failure.Code?.Contains("OutOfMemory", StringComparison.Ordinal) == true
        || failure.Code?.Contains("MemoryLimit", StringComparison.Ordinal) == true;

    /// <summary>Whether the database is starting or stopping.</summary>
    public static bool MeansDatabaseUnavailable(BoltException failure) =>
        failure.Code is "Neo.TransientError.Database.DatabaseUnavailable"
            or "Neo.TransientError.General.DatabaseUnavailable";
}
