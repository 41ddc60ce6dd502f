using System.Buffers;
using System.Text.Json;

namespace Grap.Repositories;

/// <summary>Who holds a lock, as the first line of the lock file says.</summary>
internal sealed record LockOwner(
    string Token, string User, ProcessIdentity Process, string Operation, DateTimeOffset Since)
{
    public byte[] ToLine()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("token", Token);
            json.WriteString("user", User);
            json.WriteString("host", Process.Host);
            json.WriteString("scope", Process.Scope);
            json.WriteNumber("processId", Process.ProcessId);
            json.WriteString("processStarted", Process.Started);
            json.WriteString("operation", Operation);
            json.WriteString("since", Since);
            json.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads the first line of a lock file; null if it is not whole, as while it is being written.</summary>
    public static LockOwner? Parse(ReadOnlySpan<byte> file)
    {
        var end = file.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        try
        {
            using var document = JsonDocument.Parse(file[..end].ToArray());
            var json = document.RootElement;
            return new LockOwner(
                Text(json, "token"), Text(json, "user"),
                new ProcessIdentity(
                    Text(json, "host"), Text(json, "scope"), json.GetProperty("processId").GetInt32(),
                    Text(json, "processStarted")),
                Text(json, "operation"), json.GetProperty("since").GetDateTimeOffset());
        }
        catch (Exception error) when (
            error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Not written by Grap, or damaged: it is judged by whether it still changes.
            return null;
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
