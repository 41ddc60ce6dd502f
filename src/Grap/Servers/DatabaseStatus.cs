using Grap.Bolt;

namespace Grap.Servers;

/// <summary>What a server says of its databases.</summary>
internal static class DatabaseStatus
{
    /// <summary>A database that the server could not start, and why; null where there is none.</summary>
    public static async Task<(string Name, string Why)?> FindFailureAsync(
        BoltDriver driver, CancellationToken cancellation)
    {
        const string System = "system";
        var connection = await driver.AcquireAsync(BoltAccessMode.Read, System, cancellation: cancellation)
            .ConfigureAwait(false);
        await using var borrowed = connection.ConfigureAwait(false);
        var rows = await connection.ReadAllAsync(
            new BoltQuery("SHOW DATABASES YIELD name, statusMessage WHERE statusMessage <> ''") { Database = System },
            cancellation).ConfigureAwait(false);
        return rows is [[string name, string why], ..] ? (name, why) : null;
    }
}
