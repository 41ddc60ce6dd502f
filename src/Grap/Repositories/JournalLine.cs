using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Grap.Repositories;

/// <summary>
/// One entry as a line of JSON. The line ends in <c>,"hash":"…"}</c>, and the hash is the SHA-256 of the line's bytes
/// before that end, the hash of the line before among them: every byte counts, and <c>sha256sum</c> can check it.
/// </summary>
internal static class JournalLine
{
    /// <summary>What the first entry names as the hash before it.</summary>
    public static readonly string NoPrevious = new('0', HashDigits);

    private const int HashDigits = 64;
    private static readonly int EndLength = HashStart.Length + HashDigits + HashEnd.Length;

    private static ReadOnlySpan<byte> HashStart => ",\"hash\":\""u8;
    private static ReadOnlySpan<byte> HashEnd => "\"}"u8;

    /// <summary>The line, with its line end.</summary>
    public static byte[] Write(JournalEntry entry, string previous)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", entry.Sequence);
            json.WriteString("timestamp", entry.Timestamp.UtcDateTime);
            json.WriteString("operation", entry.Operation);
            json.WriteString("actor", entry.Actor);
            json.WriteString("result", entry.Result);
            json.WriteString("entity_type", entry.EntityType);
            json.WriteString("entity_id", entry.EntityId);
            json.WriteStartObject("details");
            foreach (var (name, value) in entry.Details.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteString("previous", previous);
            // Without the closing brace, which comes behind the hash.
            json.Flush();
        }
        var hash = Hash(line.WrittenSpan);
        line.Write(HashStart);
        line.Write(Encoding.ASCII.GetBytes(hash));
        line.Write(HashEnd);
        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line (without its line end) that must follow the hash <paramref name="previous"/>. False says
    /// in <paramref name="problem"/> what is wrong with it.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> line, string previous, long sequence, [NotNullWhen(true)] out JournalEntry? entry,
        out string hash, out string problem)
    {
        if (!TryReadAlone(line, out entry, out var stated, out problem))
        {
            hash = "";
            return false;
        }
        hash = entry.Hash;
        problem = "it does not follow the line before it";
        return stated == previous && entry.Sequence == sequence;
    }

    /// <summary>Reads a line as <see cref="TryRead"/> does, whatever it follows; <paramref name="previous"/> is what it
    /// says it follows.</summary>
    public static bool TryReadAlone(
        ReadOnlySpan<byte> line, [NotNullWhen(true)] out JournalEntry? entry, out string? previous, out string problem)
    {
        entry = null;
        previous = null;
        problem = "it is not a line that Grap wrote";
        if (line.Length <= EndLength || !line[^EndLength..].StartsWith(HashStart) || !line.EndsWith(HashEnd))
            return false;
        var body = line[..^EndLength];
        problem = "it does not match its hash";
        if (!Ascii.Equals(line.Slice(body.Length + HashStart.Length, HashDigits), Hash(body)))
            return false;
        problem = "it is not an entry";
        return TryParse(line, out entry, out previous);
    }

    /// <summary>The hash that a line ending in a line end states.</summary>
    public static string HashOf(ReadOnlySpan<byte> line) =>
        Encoding.ASCII.GetString(line[^(HashDigits + HashEnd.Length + 1)..^(HashEnd.Length + 1)]);

    private static string Hash(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    // Half a second for 40,000 entries when each property made a copy of the entry and each name a string.
    private static bool TryParse(
        ReadOnlySpan<byte> line, [NotNullWhen(true)] out JournalEntry? entry, out string? previous)
    {
        previous = null;
        entry = null;
        long sequence = 0;
        DateTimeOffset timestamp = default;
        string? operation = null, actor = null, result = JournalResult.Success, entityType = "backup", entityId = null;
        string? hash = null;
        Dictionary<string, string>? details = null;
        try
        {
            var json = new Utf8JsonReader(line);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (Next(ref json, "seq"u8))
                    sequence = json.GetInt64();
                else if (Next(ref json, "timestamp"u8))
                    timestamp = json.GetDateTimeOffset();
                else if (Next(ref json, "operation"u8))
                    operation = json.GetString();
                else if (Next(ref json, "actor"u8))
                    actor = json.GetString();
                else if (Next(ref json, "result"u8))
                    result = json.ValueTextEquals("success"u8) ? JournalResult.Success : json.GetString();
                else if (Next(ref json, "entity_type"u8))
                    entityType = json.ValueTextEquals("backup"u8) ? "backup" : json.GetString();
                else if (Next(ref json, "entity_id"u8))
                    entityId = json.GetString();
                else if (Next(ref json, "details"u8))
                    details = ReadDetails(ref json);
                else if (Next(ref json, "previous"u8))
                    previous = json.GetString();
                else if (Next(ref json, "hash"u8))
                    hash = json.GetString();
                else
                    json.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // A hash that fits what is no entry: made by somebody else. The caller names the line.
            return false;
        }
        entry = new JournalEntry
        {
            Sequence = sequence,
            Timestamp = timestamp,
            Operation = operation ?? "",
            Actor = actor ?? "",
            Result = result ?? "",
            EntityType = entityType ?? "",
            EntityId = entityId ?? "",
            Details = details ?? [],
            Hash = hash ?? "",
        };
        return true;
    }

    /// <summary>Whether this is the property of that name; then its value is next.</summary>
    private static bool Next(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.ValueTextEquals(name) && json.Read();

    private static Dictionary<string, string> ReadDetails(ref Utf8JsonReader json)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString() ?? "";
            json.Read();
            details[name] = json.GetString() ?? "";
        }
        return details;
    }
}
