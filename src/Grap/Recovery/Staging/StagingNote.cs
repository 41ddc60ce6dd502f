using System.Text.Json;
using System.Text.Json.Serialization;
using Grap.Backups;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Recovery.Staging;

/// <summary>
/// How far a staging folder is, in <c>staging.json</c> in it, so that a recovery that is interrupted need not do again what is
/// on the disk: the files of a physical backup, unpacked and synced, or a logical backup that is restored as a whole. It
/// is replaced in one step and synced; one that cannot be read is none.
/// </summary>
internal sealed record StagingNote
{
    private const string Name = "staging.json";
    private const string IdsName = "staging.ids";
    private const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false) },
    };

    /// <summary>The form of the file.</summary>
    public int NoteVersion { get; init; } = CurrentVersion;
    /// <summary>The archive: an id may be used again.</summary>
    public required Guid ArchiveId { get; init; }
    /// <summary>What of it; null for all.</summary>
    public string? Part { get; init; }
    /// <summary>The name of the server's folder.</summary>
    public required string Folder { get; init; }
    /// <summary>The version of the Neo4j that works on it.</summary>
    public required string ServerVersion { get; init; }
    /// <summary>That Neo4j's edition.</summary>
    public required string Edition { get; init; }
    /// <summary>Of a physical backup, the last transaction, as the server told before anything was written to it; null
    /// before it was asked.</summary>
    public long? LastTransaction { get; init; }
    /// <summary>Of a logical backup, the SHA-256 of the table of ids beside this file.</summary>
    public string? NodeIds { get; init; }
    /// <summary>Of a logical backup, what the server could not take.</summary>
    public IReadOnlyList<NotCarried> NotCarried { get; init; } = [];

    /// <summary>The note of a folder; null where there is none.</summary>
    public static StagingNote? Find(string? folder)
    {
        if (folder is null)
            return null;
        var file = Path.Combine(folder, Name);
        try
        {
            return File.Exists(file)
                && JsonSerializer.Deserialize<StagingNote>(File.ReadAllBytes(file), s_json)
                    is { NoteVersion: CurrentVersion } note
                && Directory.Exists(Path.Combine(folder, note.Folder))
                    ? note
                    : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException || StorageFault.IsStorage(unreadable))
        {
            return null;
        }
    }

    /// <summary>Whether what is there is of this backup, and was made by this Neo4j: another one might change the
    /// files.</summary>
    public bool IsOf(Backup backup, RecoveredPart? part, Neo4jInstallation installation) =>
        ArchiveId == backup.ArchiveId && Part == part?.ToString()
        && (ServerVersion, Edition) == (installation.Version, installation.EditionName);

    /// <summary>Writes it. A disk that has no room for it has none for what follows either, which will say so.</summary>
    public void Write(string folder, IFileSystem disk)
    {
        var temporary = Path.Combine(folder, Name + ".new");
        disk.Delete(temporary);
        using (var file = disk.CreateNew(temporary)!)
        {
            file.Append(JsonSerializer.SerializeToUtf8Bytes(this, s_json));
            file.Sync();
        }
        disk.Rename(temporary, Path.Combine(folder, Name));
        disk.SyncFolder(folder);
    }

    /// <summary>Writes the table of ids, and the note with it.</summary>
    public void Write(string folder, NodeIds ids, IFileSystem disk) =>
        (this with { NodeIds = NodeIdFile.Write(Path.Combine(folder, IdsName), ids, disk) }).Write(folder, disk);

    /// <summary>Writes it when the files that it speaks of, and their names, are on the disk.</summary>
    public void WriteAfter(string files, string folder, IFileSystem disk)
    {
        foreach (var path in Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories))
        {
            using var file = disk.OpenAppend(path) ?? throw new FileNotFoundException(null, path);
            file.Sync();
        }
        foreach (var inner in Directory.EnumerateDirectories(files, "*", SearchOption.AllDirectories))
            disk.SyncFolder(inner);
        disk.SyncFolder(files);
        Write(folder, disk);
    }

    /// <summary>The table of ids that was written with it; null where it is not there any more.</summary>
    public NodeIds? ReadNodeIds(string folder) => NodeIds is { } hash
        ? NodeIdFile.TryRead(Path.Combine(folder, IdsName), hash)
        : null;
}
