using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Grap.Bolt;

/// <summary>One host and port.</summary>
/// <param name="Host">A name or an IP address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record BoltEndpoint(string Host, int Port)
{
    /// <summary>Bolt's registered port.</summary>
    public const int DefaultPort = 7687;

    private static readonly SearchValues<char> _notInNames = SearchValues.Create(" \t\r\n\\%?#&=\"'<>{}|^`,;[]");

    /// <summary><c>host:port</c>, with brackets around an IPv6 host.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
    }

    /// <summary>Parses <c>host</c>, <c>host:port</c>, <c>[ipv6]</c> or <c>[ipv6]:port</c>.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out BoltEndpoint? endpoint)
    {
        endpoint = null;
        ReadOnlySpan<char> host, rest;
        if (text.StartsWith("["))
        {
            var close = text.IndexOf(']');
            if (close < 0)
                return false;
            host = text[1..close];
            rest = text[(close + 1)..];
            if (!IPAddress.TryParse(host, out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6)
                return false;
        }
        else
        {
            var colon = text.IndexOf(':');
            host = colon < 0 ? text : text[..colon];
            rest = colon < 0 ? default : text[colon..];
        }

        var port = DefaultPort;
        if (!rest.IsEmpty && (rest[0] != ':'
            || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > ushort.MaxValue))
            return false;
        // Names of containers may hold an underscore, which DNS does not allow and resolvers do.
        if (host.IsEmpty || host.ContainsAny(_notInNames))
            return false;
        endpoint = new BoltEndpoint(host.ToString().ToLowerInvariant(), port);
        return true;
    }
}
