using System.Buffers;
using System.Text;
using System.Text.Json;
using Grap.Archives;
using Grap.Backups;

namespace Grap.Repositories;

/// <summary>
/// The file <c>&lt;id&gt;.json</c>: the manifest, and what the manifest cannot say because it lies within the archive.
/// Can be made again from the archive at any time. A listing reads only what it shows; whole manifests of 10,000
/// backups would take several times as long.
/// </summary>
internal sealed class BackupSummary
{
    /// <summary>Largest summary that is read; the manifest has its own limit.</summary>
    public const int MaxLength = ArchiveFormat.MaxManifestLength + (64 << 10);

    private BackupSummary() { }

    /// <summary>The summary of an open archive.</summary>
    public BackupSummary(ArchiveReader archive)
    {
        var manifest = archive.Manifest;
        ArchiveLength = archive.Length;
        ContentHash = archive.ContentHash;
        ArchiveId = manifest.ArchiveId;
        RepositoryId = manifest.RepositoryId;
        StartedAt = manifest.StartedAt;
        CompletedAt = manifest.CompletedAt;
        Method = manifest.Method;
        Exactness = manifest.Exactness;
        Database = manifest.Source.Database;
        ServerVersion = manifest.Source.ServerVersion;
        DatabaseId = manifest.Source.DatabaseId;
        Nodes = manifest.Counts.Nodes;
        Relationships = manifest.Counts.Relationships;
        RawBytes = manifest.RawBytes;
        Fingerprint = manifest.Fingerprint;
        Tags = manifest.Tags;
    }

    public long ArchiveLength { get; private set; }
    public string ContentHash { get; private set; } = "";
    public Guid ArchiveId { get; private set; }
    public Guid RepositoryId { get; private set; }
    public DateTimeOffset StartedAt { get; private set; }
    public DateTimeOffset CompletedAt { get; private set; }
    public BackupMethod Method { get; private set; }
    public Exactness Exactness { get; private set; }
    public string Database { get; private set; } = "";
    public string ServerVersion { get; private set; } = "";
    public Guid? DatabaseId { get; private set; }
    public long Nodes { get; private set; }
    public long Relationships { get; private set; }
    public long RawBytes { get; private set; }
    public string? Fingerprint { get; private set; }
    public IReadOnlyList<string> Tags { get; private set; } = [];

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(string id, ArchiveReader archive)
    {
        var file = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(file))
        {
            json.WriteStartObject();
            json.WriteNumber("summaryVersion", 1);
            json.WriteStartObject("archive");
            json.WriteString("file", id + RepositoryLayout.ArchiveEnd);
            json.WriteNumber("length", archive.Length);
            json.WriteString("contentSha256", archive.ContentHash);
            json.WriteEndObject();
            json.WritePropertyName("manifest");
            json.WriteRawValue(ManifestJson.Write(archive.Manifest));
            json.WriteEndObject();
        }
        file.Write("\n"u8);
        return file.WrittenSpan.ToArray();
    }

    /// <summary>Reads what a listing shows; null if the file is damaged or is no summary.</summary>
    public static BackupSummary? TryParse(ReadOnlySpan<byte> file)
    {
        try
        {
            var summary = new BackupSummary();
            var json = new Utf8JsonReader(file);
            json.Read();
            while (NextProperty(ref json))
            {
                if (json.ValueTextEquals("archive"u8))
                    summary.ReadArchive(ref json);
                else if (json.ValueTextEquals("manifest"u8))
                    summary.ReadManifest(ref json);
                else
                    json.Skip();
            }
            // Anything behind the object's end would throw here.
            json.Read();
            return summary.ArchiveLength > 0 && summary.ArchiveId != Guid.Empty && summary.ContentHash.Length > 0
                ? summary
                : null;
        }
        catch (Exception error) when (
            error is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            // The archive itself tells the same; nothing is lost with a damaged summary.
            return null;
        }
    }

    /// <summary>The whole manifest in a summary; null if it is not one.</summary>
    public static BackupManifest? TryReadManifest(ReadOnlyMemory<byte> file, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            return document.RootElement.TryGetProperty("manifest", out var manifest)
                ? ManifestJson.Read(Encoding.UTF8.GetBytes(manifest.GetRawText()), name)
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException
            or GrapException { Condition: GrapCondition.ArchiveCorrupt })
        {
            // As above: the caller asks the archive.
            return null;
        }
    }

    private void ReadArchive(ref Utf8JsonReader json)
    {
        Enter(ref json);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("length"u8))
                ArchiveLength = Value(ref json).GetInt64();
            else if (json.ValueTextEquals("contentSha256"u8))
                ContentHash = Value(ref json).GetString() ?? "";
            else
                json.Skip();
        }
    }

    private void ReadManifest(ref Utf8JsonReader json)
    {
        Enter(ref json);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("archiveId"u8))
                ArchiveId = Value(ref json).GetGuid();
            else if (json.ValueTextEquals("repositoryId"u8))
                RepositoryId = Value(ref json).GetGuid();
            else if (json.ValueTextEquals("startedAt"u8))
                StartedAt = Value(ref json).GetDateTimeOffset();
            else if (json.ValueTextEquals("completedAt"u8))
                CompletedAt = Value(ref json).GetDateTimeOffset();
            else if (json.ValueTextEquals("method"u8))
                Method = Named<BackupMethod>(Value(ref json).GetString());
            else if (json.ValueTextEquals("exactness"u8))
                Exactness = Named<Exactness>(Value(ref json).GetString());
            else if (json.ValueTextEquals("rawBytes"u8))
                RawBytes = Value(ref json).GetInt64();
            else if (json.ValueTextEquals("fingerprint"u8))
                Fingerprint = Value(ref json).GetString();
            else if (json.ValueTextEquals("source"u8))
                ReadSource(ref json);
            else if (json.ValueTextEquals("counts"u8))
                ReadCounts(ref json);
            else if (json.ValueTextEquals("tags"u8))
                ReadTags(ref json);
            else
                json.Skip();
        }
    }

    private void ReadSource(ref Utf8JsonReader json)
    {
        Enter(ref json);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("database"u8))
                Database = Value(ref json).GetString() ?? "";
            else if (json.ValueTextEquals("serverVersion"u8))
                ServerVersion = Value(ref json).GetString() ?? "";
            else if (json.ValueTextEquals("databaseId"u8))
                DatabaseId = Value(ref json).GetGuid();
            else
                json.Skip();
        }
    }

    private void ReadCounts(ref Utf8JsonReader json)
    {
        Enter(ref json);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("nodes"u8))
                Nodes = Value(ref json).GetInt64();
            else if (json.ValueTextEquals("relationships"u8))
                Relationships = Value(ref json).GetInt64();
            else
                json.Skip();
        }
    }

    private void ReadTags(ref Utf8JsonReader json)
    {
        var tags = new List<string>();
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.String)
            tags.Add(json.GetString()!);
        Tags = tags;
    }

    // By name alone: a number would pass for a value that has none, or be too large for any.
    private static T Named<T>(string? name) where T : struct, Enum =>
        Enum.TryParse<T>(name, out var value) && Enum.GetName(value) == name
            ? value
            : throw new JsonException($"No {typeof(T).Name} has this name.");

    private static void Enter(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An object was expected.");
    }

    private static bool NextProperty(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static ref Utf8JsonReader Value(ref Utf8JsonReader json)
    {
        json.Read();
        return ref json;
    }
}
