using System.Runtime.InteropServices;

namespace Grap.Repositories;

/// <summary>A file open for reading at any place. Safe for use by several threads at once.</summary>
public interface IReadableFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }
    /// <summary>Reads up to <paramref name="destination"/>'s length at <paramref name="offset"/>; 0 only at the
    /// end.</summary>
    int ReadAt(long offset, Span<byte> destination);
}

/// <summary>A file open for appending, and for reading back what was appended.</summary>
public interface IWritableFile : IReadableFile
{
    /// <summary>Appends bytes, all of them.</summary>
    void Append(ReadOnlySpan<byte> bytes);
    /// <summary>Returns when everything appended is on the disk.</summary>
    void Sync();
}

/// <summary>What a folder says of one thing in it.</summary>
/// <param name="Name">Name without path.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Length">Bytes; 0 for folders.</param>
/// <param name="LastWritten">When it was last written, UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FolderItem(string Name, bool IsFolder, long Length, DateTimeOffset LastWritten);

/// <summary>
/// The few file operations that a repository stands on; everything that can fail or be lost goes through here. Failures
/// are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>, as .NET throws them. What is not synced
/// may be lost with the power: a file's bytes until its <see cref="IWritableFile.Sync"/>, names made, changed or
/// removed until <see cref="SyncFolder"/>.
/// </summary>
public interface IFileSystem
{
    /// <summary>Creates a file that only its owner can read. Null if the name is taken; of several callers at once
    /// exactly one gets the file.</summary>
    IWritableFile? CreateNew(string path);

    /// <summary>Opens a file for reading. Null if there is none.</summary>
    IReadableFile? OpenRead(string path);

    /// <summary>Opens a file for appending. Null if there is none.</summary>
    IWritableFile? OpenAppend(string path);

    /// <summary>Renames a file within its folder, replacing what has the new name, in one step: others see the old or
    /// the new.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file. False if there was none.</summary>
    bool Delete(string path);

    /// <summary>Whether there is a file (not a folder) of this name.</summary>
    bool FileExists(string path);

    /// <summary>Everything in a folder, in no order. Null if there is no such folder.</summary>
    IReadOnlyList<FolderItem>? List(string folder);

    /// <summary>Returns when the names in the folder are on the disk.</summary>
    void SyncFolder(string folder);

    /// <summary>Makes a folder, and those above it that are missing, for their owner only. Returns the topmost folder
    /// that it made; null if it was there already.</summary>
    string? CreateFolder(string folder);

    /// <summary>Bytes that may still be written.</summary>
    long FreeSpace(string folder);
}
