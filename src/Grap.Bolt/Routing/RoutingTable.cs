namespace Grap.Bolt.Routing;

/// <summary>Who does what in a cluster for one database, for a while. Immutable.</summary>
internal sealed record RoutingTable
{
    /// <summary>Members that answer ROUTE.</summary>
    public required IReadOnlyList<BoltEndpoint> Routers { get; init; }

    /// <summary>Members that read.</summary>
    public required IReadOnlyList<BoltEndpoint> Readers { get; init; }

    /// <summary>Members that write; none while a leader is elected.</summary>
    public required IReadOnlyList<BoltEndpoint> Writers { get; init; }

    /// <summary>How long it may be used.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>Reads ROUTE's answer: <c>rt: {ttl, servers: [{addresses, role}]}</c>
    /// (https://neo4j.com/docs/bolt/current/bolt/message/#messages-route).</summary>
    public static RoutingTable From(Dictionary<string, object?> reply)
    {
        if (reply.GetValueOrDefault("rt") is not Dictionary<string, object?> table
            || table.GetValueOrDefault("ttl") is not long ttl
            || table.GetValueOrDefault("servers") is not List<object?> servers)
        {
            throw new BoltException(BoltErrorKind.ProtocolViolation, "The server's routing table cannot be read.");
        }
        return new RoutingTable
        {
            Routers = Addresses(servers, "ROUTE"),
            Readers = Addresses(servers, "READ"),
            Writers = Addresses(servers, "WRITE"),
            // A server may say "forever" by a number that no TimeSpan holds.
            TimeToLive = TimeSpan.FromSeconds(Math.Clamp(ttl, 0, (long)TimeSpan.FromDays(1).TotalSeconds)),
        };
    }

    /// <summary>The members that can do the work.</summary>
    public IReadOnlyList<BoltEndpoint> For(BoltAccessMode mode) => mode == BoltAccessMode.Read ? Readers : Writers;

    /// <summary>Without a member that is gone.</summary>
    public RoutingTable Without(BoltEndpoint endpoint) => this with
    {
        Routers = Except(Routers, endpoint),
        Readers = Except(Readers, endpoint),
        Writers = Except(Writers, endpoint),
    };

    /// <summary>Without a member as one that writes.</summary>
    public RoutingTable WithoutWriter(BoltEndpoint endpoint) => this with { Writers = Except(Writers, endpoint) };

    private static BoltEndpoint[] Except(IReadOnlyList<BoltEndpoint> endpoints, BoltEndpoint gone) =>
        [.. endpoints.Where(endpoint => endpoint != gone)];

    private static BoltEndpoint[] Addresses(List<object?> servers, string role) =>
    [
        .. servers.OfType<Dictionary<string, object?>>()
            .Where(server => server.GetValueOrDefault("role") as string == role)
            .SelectMany(server => server.GetValueOrDefault("addresses") as List<object?> ?? [])
            .Select(address => BoltEndpoint.TryParse(address as string, out var endpoint) ? endpoint : null)
            .OfType<BoltEndpoint>()
            .Distinct(),
    ];
}
