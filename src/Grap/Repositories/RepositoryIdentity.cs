using System.Buffers;
using System.Text.Json;

namespace Grap.Repositories;

/// <summary>The file <c>grap-repository.json</c>: which repository a folder is.</summary>
internal static class RepositoryIdentity
{
    /// <summary>Layout written and read.</summary>
    private const int Format = 1;
    private static readonly TimeSpan CreationPatience = TimeSpan.FromSeconds(30);

    /// <summary>The id of the repository in a folder; null if the folder is none.</summary>
    public static Guid? Find(RepositoryPlace place)
    {
        if (place.Read(RepositoryLayout.Identity, limit: 64 << 10) is not { } bytes)
            return null;
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var format = json.RootElement.GetProperty("format").GetInt32();
            if (format > Format)
                throw Invalid(place, $"was made by a newer version of Grap (layout {format})", "Update Grap.");
            return json.RootElement.GetProperty("repositoryId").GetGuid();
        }
        catch (Exception error) when (
            error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Invalid(place, $"has a damaged {RepositoryLayout.Identity}",
                "Restore that file from a copy, or move it away: a new identity is made, and the backups stay usable.",
                error);
        }
    }

    /// <summary>Makes the folder a repository. Of several processes at once, one makes it and the others take it as
    /// made.</summary>
    public static Guid Create(RepositoryPlace place)
    {
        using var held = LockFile.Acquire(
            place, RepositoryLayout.Lock, "create the repository", CreationPatience, heartbeat: false,
            CancellationToken.None);
        if (Find(place) is { } existing)
            return existing;
        var id = Guid.NewGuid();
        var temporary = place.WriteTemporary(RepositoryLayout.Identity, Write(id));
        if (!held.IsHeld())
            throw new GrapException(GrapCondition.LockLost,
                $"Another run took over making repository '{place.Folder}'.",
                "Run the command again.", place.Folder);
        place.Files.Rename(temporary, place.PathOf(RepositoryLayout.Identity));
        place.Files.SyncFolder(place.Folder);
        return id;
    }

    private static byte[] Write(Guid id)
    {
        var file = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(file))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("repositoryId", id);
            json.WriteEndObject();
        }
        file.Write("\n"u8);
        return file.WrittenSpan.ToArray();
    }

    private static GrapException Invalid(RepositoryPlace place, string what, string action, Exception? inner = null) =>
        new(GrapCondition.RepositoryInvalid, $"Folder '{place.Folder}' {what}.", action, place.Folder, inner);
}
