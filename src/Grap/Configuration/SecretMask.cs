namespace Grap.Configuration;

/// <summary>Makes texts that may hold a secret safe to show.</summary>
public static class SecretMask
{
    private const string Mask = "********";

    /// <summary>An address without the user and password that somebody may have written into it.</summary>
    public static string Address(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + 3;
        var end = address.IndexOfAny(['/', '?', '#'], start);
        // The last '@' anywhere counts where it is not clearly behind the host: a password may hold any of these
        // characters.
        var at = address.LastIndexOf('@');
        if (at < start)
            return address;
        return end >= 0 && end < at && !address.AsSpan(start, at - start).Contains(':')
            ? address
            : string.Concat(address.AsSpan(0, start), Mask, address.AsSpan(at));
    }

    /// <summary>Scheme and host: whoever knows the rest of such an address can answer for the job.</summary>
    public static string Heartbeat(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var parsed) ? $"{parsed.Scheme}://{parsed.Host}/{Mask}" : Mask;

    /// <summary><c>user/********</c>; <c>none</c>; or nothing but the mask where the text has no such form.</summary>
    public static string Auth(string auth)
    {
        if (auth.Equals("none", StringComparison.OrdinalIgnoreCase))
            return auth;
        var slash = auth.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? $"{auth[..slash]}/{Mask}" : Mask;
    }
}
