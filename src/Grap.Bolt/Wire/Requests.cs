using System.Buffers;
using Grap.Bolt.PackStream;

namespace Grap.Bolt.Wire;

/// <summary>Builds requests, each in the form that the protocol version asks for. The bytes are valid until the next
/// one is built.</summary>
internal sealed class Requests(Version protocol)
{
    private static readonly Version _logOn = new(5, 1);
    private static readonly Version _notifications = new(5, 2);
    private static readonly Version _boltAgent = new(5, 3);

    // A map without pairs, for queries without parameters.
    private static readonly byte[] _noParameters = [Marker.TinyMap];

    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    /// <summary>The version that was agreed on.</summary>
    public Version Protocol => protocol;

    /// <summary>Whether credentials go into LOGON, and not into HELLO as in 5.0.</summary>
    public bool HasLogOn => protocol >= _logOn;

    /// <param name="agent">The name of the client.</param>
    /// <param name="routing">The routing context; null where no routing is wanted.</param>
    /// <param name="auth">The credentials, which are used before <see cref="HasLogOn"/> only.</param>
    public ReadOnlyMemory<byte> Hello(string agent, IReadOnlyDictionary<string, string>? routing, BoltAuth auth)
    {
        var extra = new Dictionary<string, object?> { ["user_agent"] = agent };
        if (protocol >= _boltAgent)
            extra["bolt_agent"] = new Dictionary<string, object?> { ["product"] = agent };
        if (protocol >= _notifications)
            extra["notifications_minimum_severity"] = "OFF";
        if (routing is not null)
            extra["routing"] = routing;
        if (!HasLogOn)
        {
            foreach (var (key, value) in Credentials(auth))
                extra[key] = value;
        }
        return Build(Message.Hello, extra);
    }

    public ReadOnlyMemory<byte> LogOn(BoltAuth auth) => Build(Message.LogOn, Credentials(auth));

    public ReadOnlyMemory<byte> Route(IReadOnlyDictionary<string, string> context, string? database)
    {
        var extra = new Dictionary<string, object?>();
        if (database is not null)
            extra["db"] = database;
        return Build(Message.Route, context, Array.Empty<object>(), extra);
    }

    /// <summary>RUN in its three parts: what comes before the parameters, the parameters, what comes after
    /// them.</summary>
    public (ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Parameters, ReadOnlyMemory<byte> Last) Run(
        BoltQuery query, bool inTransaction)
    {
        _bytes.ResetWrittenCount();
        var writer = new PackStreamWriter(_bytes);
        writer.WriteStructureHeader(Message.Run, 3);
        writer.Write(query.Text);
        var split = _bytes.WrittenCount;
        // In a transaction, BEGIN has said it all.
        writer.WriteValue(inTransaction ? new Dictionary<string, object?>() : Settings(query));
        var parameters = query.Parameters.IsEmpty ? _noParameters : query.Parameters;
        return (_bytes.WrittenMemory[..split], parameters, _bytes.WrittenMemory[split..]);
    }

    public ReadOnlyMemory<byte> Begin(BoltQuery query) => Build(Message.Begin, Settings(query));

    public ReadOnlyMemory<byte> Commit() => Build(Message.Commit);

    public ReadOnlyMemory<byte> Rollback() => Build(Message.Rollback);

    public ReadOnlyMemory<byte> Pull(long count) =>
        Build(Message.Pull, new Dictionary<string, object?> { ["n"] = count });

    public ReadOnlyMemory<byte> DiscardAll() => Build(Message.Discard, new Dictionary<string, object?> { ["n"] = -1 });

    private ReadOnlyMemory<byte> Build(byte tag, params object[] fields)
    {
        _bytes.ResetWrittenCount();
        var writer = new PackStreamWriter(_bytes);
        writer.WriteStructureHeader(tag, fields.Length);
        foreach (var field in fields)
            writer.WriteValue(field);
        return _bytes.WrittenMemory;
    }

    private static Dictionary<string, object?> Settings(BoltQuery query)
    {
        var extra = new Dictionary<string, object?>();
        if (query.Mode == BoltAccessMode.Read)
            extra["mode"] = "r";
        if (query.Database is not null)
            extra["db"] = query.Database;
        if (query.Bookmarks.Count > 0)
            extra["bookmarks"] = query.Bookmarks;
        // Milliseconds; rounded up, since zero means never.
        if (query.Timeout is { } timeout)
            extra["tx_timeout"] = (long)Math.Ceiling(timeout.TotalMilliseconds);
        return extra;
    }

    private static Dictionary<string, object?> Credentials(BoltAuth auth) => auth switch
    {
        BoltAuth.BasicAuth basic => new()
        {
            ["scheme"] = "basic",
            ["principal"] = basic.User,
            ["credentials"] = basic.Password,
        },
        BoltAuth.BearerAuth bearer => new() { ["scheme"] = "bearer", ["credentials"] = bearer.Token },
        _ => new() { ["scheme"] = "none" },
    };
}
