using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grap.Repositories;

namespace Grap.Recovery.States;

/// <summary>The record's file (docs/repository.md): replaced in one step and synced, so that after a crash there is the
/// record before or the one after.</summary>
internal sealed class RecoveryFile(RepositoryPlace place, string database)
{
    private const int Version = 1;
    private const int MostBytes = 4 << 20;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false) },
    };

    private readonly string _name = RepositoryLayout.Recovery(database);

    /// <summary>The record; one that says that there is no recovery where there is no file.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RepositoryFailed"/>: it cannot be read;
    /// <see cref="GrapCondition.RepositoryInvalid"/>: it is damaged, or of a newer version.</exception>
    public RecoveryRecord Read()
    {
        if (place.Read(_name, MostBytes) is not { } bytes)
            return new RecoveryRecord { Database = database, Repository = place.Folder };
        try
        {
            var file = JsonSerializer.Deserialize<Content>(bytes, s_json)!;
            if (file.RecordVersion > Version)
                throw Invalid("was written by a newer version of Grap", "Update Grap.");
            return file.Recovery with { Repository = place.Folder };
        }
        catch (JsonException damaged)
        {
            throw Invalid("is damaged", "Move it away; remove the staging folder that it names by hand.", damaged);
        }
    }

    /// <summary>Replaces the record.</summary>
    public void Write(RecoveryRecord record)
    {
        var temporary = place.WriteTemporary(
            _name, JsonSerializer.SerializeToUtf8Bytes(new Content(Version, record), s_json));
        place.Files.Rename(temporary, place.PathOf(_name));
        place.Files.SyncFolder(place.Folder);
    }

    private GrapException Invalid(string what, string action, Exception? inner = null) => new(
        GrapCondition.RepositoryInvalid, $"'{place.PathOf(_name)}' {what}.", action, database, inner);

    private sealed record Content(int RecordVersion, RecoveryRecord Recovery);
}
