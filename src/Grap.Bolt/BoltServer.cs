namespace Grap.Bolt;

/// <summary>What is known of the server behind a connection.</summary>
/// <param name="Endpoint">Where it was reached.</param>
/// <param name="Agent">Its name and version, as <c>Neo4j/5.26.30</c>.</param>
/// <param name="Protocol">The Bolt version agreed upon.</param>
/// <param name="ConnectionId">The server's name for the connection, which its log and <c>SHOW TRANSACTIONS</c>
/// use.</param>
/// <param name="Encrypted">Whether TLS protects the connection.</param>
public sealed record BoltServer(
    BoltEndpoint Endpoint, string Agent, Version Protocol, string ConnectionId, bool Encrypted);
