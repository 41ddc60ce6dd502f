using System.Buffers;
using Grap.Bolt.PackStream;

namespace Grap.Bolt;

/// <summary>A query, its parameters and how it is to run. Database, mode, bookmarks and timeout count for auto-commit
/// queries only: inside a transaction those of BEGIN hold.</summary>
public sealed record BoltQuery(string Text)
{
    /// <summary>The parameters, as the PackStream bytes of a map; empty for none. They are sent from where they are, so
    /// they must stay unchanged until the call that runs the query has returned.</summary>
    public ReadOnlyMemory<byte> Parameters { get; init; }

    /// <summary>The database; null for the user's home database.</summary>
    public string? Database { get; init; }

    /// <summary>Whether the query only reads.</summary>
    public BoltAccessMode Mode { get; init; } = BoltAccessMode.Read;

    /// <summary>The server waits until it has applied these before it runs the query.</summary>
    public IReadOnlyList<string> Bookmarks { get; init; } = [];

    /// <summary>The server ends the transaction after this time; null for the server's default, zero for
    /// never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many records are asked for at a time; -1 for all at once. Only use -1 for results that fit the
    /// server's memory: Neo4j runs ahead of a slow client in its own heap (a 5.13 and a 5.26 with 512 MiB each ran out
    /// of memory that way).</summary>
    public long FetchSize { get; init; } = 1000;

    /// <summary>Largest record accepted, in bytes, where that is less than <see cref="BoltSettings.MaxMessageBytes"/>;
    /// a larger one closes the connection before it has been taken in
    /// (<see cref="BoltErrorKind.MessageTooLarge"/>).</summary>
    public int MaxRecordBytes { get; init; } = int.MaxValue;

    /// <summary>Makes a query from .NET values.</summary>
    public static BoltQuery Create(string text, params (string Name, object? Value)[] parameters) =>
        new(text) { Parameters = EncodeParameters(parameters) };

    /// <summary>The parameter bytes for .NET values; <see cref="PackStreamWriter.WriteValue"/> says which types are
    /// taken.</summary>
    public static ReadOnlyMemory<byte> EncodeParameters(params (string Name, object? Value)[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var output = new ArrayBufferWriter<byte>();
        var writer = new PackStreamWriter(output);
        writer.WriteMapHeader(parameters.Length);
        foreach (var (name, value) in parameters)
        {
            writer.Write(name);
            writer.WriteValue(value);
        }
        return output.WrittenMemory;
    }
}
