using Grap.Bolt.PackStream;

namespace Grap.Bolt.Wire;

/// <summary>What kind of message the server sent; the numbers are the tags.</summary>
internal enum ReplyKind : byte
{
    Success = 0x70,
    Record = 0x71,
    Ignored = 0x7E,
    Failure = 0x7F,
}

/// <summary>Heads of messages (https://neo4j.com/docs/bolt/current/bolt/message/).</summary>
internal static class Message
{
    public const byte Hello = 0x01;
    public const byte Goodbye = 0x02;
    public const byte Reset = 0x0F;
    public const byte Run = 0x10;
    public const byte Begin = 0x11;
    public const byte Commit = 0x12;
    public const byte Rollback = 0x13;
    public const byte Discard = 0x2F;
    public const byte Pull = 0x3F;
    public const byte Route = 0x66;
    public const byte LogOn = 0x6A;

    /// <summary>Where a record's list begins, behind the structure's head.</summary>
    public const int HeadBytes = 2;

    private const byte OneField = Marker.TinyStructure | 1;

    /// <summary>RESET in its chunk.</summary>
    public static ReadOnlyMemory<byte> ChunkedReset { get; } = new byte[] { 0, 2, Marker.TinyStructure, Reset, 0, 0 };

    /// <summary>GOODBYE in its chunk.</summary>
    public static ReadOnlyMemory<byte> ChunkedGoodbye { get; } =
        new byte[] { 0, 2, Marker.TinyStructure, Goodbye, 0, 0 };

    /// <summary>The kind of a message received.</summary>
    public static ReplyKind KindOf(NativeBuffer message)
    {
        var bytes = message.Written;
        if (bytes.Length < HeadBytes)
            throw Unknown();
        var kind = (ReplyKind)bytes[1];
        return kind switch
        {
            ReplyKind.Success or ReplyKind.Record or ReplyKind.Failure when bytes[0] == OneField => kind,
            // Servers differ in whether IGNORED carries an empty map.
            ReplyKind.Ignored when bytes[0] is Marker.TinyStructure or OneField => kind,
            _ => throw Unknown(),
        };
    }

    /// <summary>The map that a SUCCESS or FAILURE carries.</summary>
    public static Dictionary<string, object?> MetadataOf(NativeBuffer message)
    {
        var reader = new PackStreamReader(message.Written[HeadBytes..]);
        var map = reader.ReadMap();
        return reader.AtEnd ? map : throw reader.Violation("something follows the message");
    }

    private static BoltException Unknown() =>
        new(BoltErrorKind.ProtocolViolation, "The server sent something that is no Bolt message.");
}
