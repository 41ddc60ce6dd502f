namespace Grap.Bolt.Wire;

/// <summary>FAILURE's metadata as an exception.</summary>
internal static class ServerFailure
{
    /// <summary>Up to Bolt 5.6 the map has <c>code</c> and <c>message</c>; from 5.7 on <c>neo4j_code</c>,
    /// <c>message</c>, and the GQL status with its description.</summary>
    public static BoltException From(Dictionary<string, object?> metadata)
    {
        var code = Text(metadata, "neo4j_code") ?? Text(metadata, "code");
        var message = Text(metadata, "message") ?? Text(metadata, "description") ?? "The server gave no reason.";
        var kind = ServerCodes.RefusesCredentials(code)
            ? BoltErrorKind.AuthenticationFailed
            : BoltErrorKind.ServerFailure;
        return new BoltException(kind, message, code: code) { GqlStatus = Text(metadata, "gql_status") };
    }

    private static string? Text(Dictionary<string, object?> metadata, string key) =>
        metadata.GetValueOrDefault(key) as string;
}
