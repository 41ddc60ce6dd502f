namespace Grap.Bolt;

/// <summary>How a connection is encrypted, as the scheme of its address says.</summary>
public enum BoltSecurity
{
    /// <summary>Plain TCP (<c>bolt://</c>, <c>neo4j://</c>).</summary>
    None,

    /// <summary>TLS with a certificate that this machine trusts (<c>+s</c>).</summary>
    Encrypted,

    /// <summary>TLS with any certificate (<c>+ssc</c>): encrypted, but not protected against an impostor.</summary>
    EncryptedAnyCertificate,
}

/// <summary>A parsed Bolt address such as <c>neo4j+s://db.example:7687?region=eu</c>.</summary>
public sealed record BoltAddress
{
    private const string Example = "an address looks like bolt://localhost:7687 or neo4j+s://db.example:7687";

    /// <summary>The host and port; 7687 where the address names none.</summary>
    public required BoltEndpoint Endpoint { get; init; }

    /// <summary>Encryption.</summary>
    public BoltSecurity Security { get; init; }

    /// <summary>True for <c>neo4j://</c>: the server is asked for a routing table.</summary>
    public bool Routing { get; init; }

    /// <summary>The routing context: the pairs of the address's query string.</summary>
    public IReadOnlyDictionary<string, string> RoutingContext { get; init; } = new Dictionary<string, string>();

    /// <summary>Parses an address. Throws <see cref="BoltException"/> with <see cref="BoltErrorKind.InvalidAddress"/>,
    /// never repeating a user or password that stood in it.</summary>
    public static BoltAddress Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = address.AsSpan().Trim();
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
            throw Invalid($"it has no scheme; {Example}");
        var (routing, security) = ParseScheme(text[..schemeEnd]);

        var rest = text[(schemeEnd + 3)..];
        if (rest.Contains('@'))
            throw Invalid("user and password do not belong into it; give them separately");
        var query = rest.IndexOf('?') is >= 0 and var at ? rest[(at + 1)..] : default;
        var authority = rest[..(rest.Length - query.Length - (rest.Contains('?') ? 1 : 0))].TrimEnd('/');
        if (authority.IndexOfAny('/', '#') >= 0)
            throw Invalid($"it has a path; {Example}");
        if (!BoltEndpoint.TryParse(authority, out var endpoint))
            throw Invalid($"its host or port cannot be read; {Example}");
        if (!query.IsEmpty && !routing)
            throw Invalid("only neo4j:// addresses have a routing context (the part after '?')");

        return new BoltAddress
        {
            Endpoint = endpoint,
            Security = security,
            Routing = routing,
            RoutingContext = ParseContext(query),
        };
    }

    /// <summary>Equal if all parts are; the order of the routing context does not count.</summary>
    public bool Equals(BoltAddress? other) => other is not null
        && Endpoint == other.Endpoint && Security == other.Security && Routing == other.Routing
        && RoutingContext.Count == other.RoutingContext.Count
        && RoutingContext.All(pair => other.RoutingContext.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Endpoint, Security, Routing, RoutingContext.Count);

    /// <summary>The address in its canonical form; parses back to an equal value.</summary>
    public override string ToString()
    {
        var scheme = Routing ? "neo4j" : "bolt";
        var suffix = Security switch
        {
            BoltSecurity.Encrypted => "+s",
            BoltSecurity.EncryptedAnyCertificate => "+ssc",
            _ => "",
        };
        var context = string.Join('&', RoutingContext
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return $"{scheme}{suffix}://{Endpoint}{(context.Length == 0 ? "" : "?" + context)}";
    }

    private static (bool Routing, BoltSecurity Security) ParseScheme(ReadOnlySpan<char> scheme)
    {
        Span<char> lower = stackalloc char[16];
        var length = scheme.Length <= lower.Length ? scheme.ToLowerInvariant(lower) : 0;
        return lower[..length] switch
        {
            "bolt" => (false, BoltSecurity.None),
            "bolt+s" => (false, BoltSecurity.Encrypted),
            "bolt+ssc" => (false, BoltSecurity.EncryptedAnyCertificate),
            "neo4j" => (true, BoltSecurity.None),
            "neo4j+s" => (true, BoltSecurity.Encrypted),
            "neo4j+ssc" => (true, BoltSecurity.EncryptedAnyCertificate),
            "http" or "https" => throw Invalid($"it is that of Neo4j's HTTP interface; {Example}"),
            _ => throw Invalid("its scheme is none of bolt, bolt+s, bolt+ssc, neo4j, neo4j+s, neo4j+ssc"),
        };
    }

    private static Dictionary<string, string> ParseContext(ReadOnlySpan<char> query)
    {
        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        if (query.IsEmpty)
            return context;
        foreach (var pair in query.ToString().Split('&'))
        {
            var parts = pair.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw Invalid("its routing context is not made of key=value pairs");
            var key = Uri.UnescapeDataString(parts[0]);
            if (key == "address")
                throw Invalid("the routing context's key 'address' is the client's own");
            if (!context.TryAdd(key, Uri.UnescapeDataString(parts[1])))
                throw Invalid("its routing context repeats a key");
        }
        return context;
    }

    private static BoltException Invalid(string why) =>
        new(BoltErrorKind.InvalidAddress, $"The address cannot be used: {why}.");
}
