using System.Buffers.Binary;

namespace Grap.Bolt.Wire;

/// <summary>
/// Agrees on a protocol version (https://neo4j.com/docs/bolt/current/bolt/handshake/). Proposed are the manifest
/// handshake, in which the server lists what it speaks (5.26 and later), and plain ranges for servers that do not know
/// it.
/// </summary>
internal static class Handshake
{
    private const uint Manifest = 0x0000_01FF;
    private const uint Http = 0x4854_5450;
    private const int MostRanges = 256;

    // Newest first. Not open-ended: a later minor version may bring a new kind of value, as 6.1 brought UUIDs,
    // and a reader that does not know it could not even find its end.
    private static readonly (int Major, int HighestMinor)[] _supported = [(6, 1), (5, 8)];

    /// <summary>What the client sends first: the magic number and four proposals.</summary>
    public static ReadOnlyMemory<byte> Opening { get; } = new byte[]
    {
        0x60, 0x60, 0xB0, 0x17,
        0x00, 0x00, 0x01, 0xFF,
        0x00, 0x01, 0x01, 0x06,
        0x00, 0x08, 0x08, 0x05,
        0x00, 0x00, 0x00, 0x00,
    };

    /// <summary>Returns the version agreed upon. Throws <see cref="BoltException"/> and whatever the stream
    /// throws.</summary>
    public static async Task<Version> AgreeAsync(Stream stream, ChunkReader input, BoltEndpoint endpoint)
    {
        await stream.WriteAsync(Opening).ConfigureAwait(false);
        var answer = new byte[4];
        await input.ReadExactlyAsync(answer).ConfigureAwait(false);
        var word = BinaryPrimitives.ReadUInt32BigEndian(answer);
        return word switch
        {
            Manifest => await AgreeByManifestAsync(stream, input, endpoint).ConfigureAwait(false),
            0 => throw TooOld(endpoint),
            Http => throw new BoltException(BoltErrorKind.NotBolt,
                $"{endpoint} speaks HTTP, not Bolt. Neo4j's Bolt port is 7687 where it was not changed."),
            _ when IsTlsAlert(word) => throw WantsTls(endpoint),
            _ when IsSupported(word) => new Version(answer[3], answer[2]),
            _ when answer[0] == 0 && answer[1] == 0 && answer[3] is > 0 and < 0x20 => throw new BoltException(
                BoltErrorKind.VersionUnsupported,
                $"{endpoint} chose Bolt {answer[3]}.{answer[2]}, which was not proposed. "
                + "Neo4j 5.0 or later is needed."),
            _ => throw new BoltException(BoltErrorKind.NotBolt, $"What answers at {endpoint} is not Bolt."),
        };
    }

    /// <summary>The server wants TLS and was spoken to in plain.</summary>
    public static BoltException WantsTls(BoltEndpoint endpoint) => new(BoltErrorKind.TlsFailed,
        $"{endpoint} accepts encrypted connections only: "
        + "use bolt+s:// or neo4j+s://, or +ssc for a self-signed certificate.");

    private static async Task<Version> AgreeByManifestAsync(Stream stream, ChunkReader input, BoltEndpoint endpoint)
    {
        var count = await ReadVarIntAsync(input, endpoint).ConfigureAwait(false);
        if (count > MostRanges)
            throw NotBolt(endpoint);
        var offered = new byte[(int)count * 4];
        await input.ReadExactlyAsync(offered).ConfigureAwait(false);
        _ = await ReadVarIntAsync(input, endpoint).ConfigureAwait(false); // Capabilities: none is defined.

        var chosen = Choose(offered) ?? throw TooOld(endpoint);
        // The version and no capabilities.
        await stream.WriteAsync(new byte[] { 0, 0, (byte)chosen.Minor, (byte)chosen.Major, 0 }).ConfigureAwait(false);
        return chosen;
    }

    /// <summary>The newest version that is in one of the offered ranges (reserved, how many minors below, minor, major)
    /// and that this client speaks.</summary>
    private static Version? Choose(ReadOnlySpan<byte> offered)
    {
        foreach (var (major, highest) in _supported)
        {
            var best = -1;
            for (var i = 0; i < offered.Length; i += 4)
            {
                if (offered[i + 3] != major)
                    continue;
                var minor = Math.Min(offered[i + 2], highest);
                if (minor >= offered[i + 2] - offered[i + 1])
                    best = Math.Max(best, minor);
            }
            if (best >= 0)
                return new Version(major, best);
        }
        return null;
    }

    private static async Task<ulong> ReadVarIntAsync(ChunkReader input, BoltEndpoint endpoint)
    {
        var one = new byte[1];
        var value = 0UL;
        for (var shift = 0; shift < 63; shift += 7)
        {
            await input.ReadExactlyAsync(one).ConfigureAwait(false);
            value |= (ulong)(one[0] & 0x7F) << shift;
            if ((one[0] & 0x80) == 0)
                return value;
        }
        throw NotBolt(endpoint);
    }

    private static bool IsSupported(uint word) =>
        _supported.Any(version => (word & 0xFF) == (uint)version.Major && word >> 8 <= (uint)version.HighestMinor);

    // A TLS record of type alert (21), version 3.x.
    private static bool IsTlsAlert(uint word) => word >> 16 == 0x1503;

    private static BoltException TooOld(BoltEndpoint endpoint) => new(BoltErrorKind.VersionUnsupported,
        $"{endpoint} speaks no version of Bolt that this client does (5.0 to 5.8, 6.0, 6.1). "
        + "Neo4j 5.0 or later is needed.");

    private static BoltException NotBolt(BoltEndpoint endpoint) =>
        new(BoltErrorKind.NotBolt, $"What answers at {endpoint} is not Bolt.");
}
