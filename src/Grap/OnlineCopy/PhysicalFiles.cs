using Grap.Archives;
using Grap.Backups;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>
/// The files of a physical backup as its manifest lists them and its blocks fill them, checked against each other: a
/// name that could leave the folder, two names that one file system may take for the same, a length that no disk has,
/// a piece that belongs to no file or has another length than its place allows is damage.
/// </summary>
internal sealed class PhysicalFiles
{
    private const int LongestName = 200;

    // https://neo4j.com/docs/operations-manual/current/database-administration/standard-databases/naming-databases/
    private const int LongestDatabaseName = 63;

    /// <summary>How <c>neo4j-admin</c> ends the name of a dump, which begins with the database's.</summary>
    public const string DumpEnd = ".dump";

    private const string SystemDatabase = "system";

    private readonly ILookup<long, BlockEntry> _pieces;

    private PhysicalFiles(
        string database, IReadOnlyList<PhysicalFile> files, IReadOnlyList<BlockEntry> pieces, long totalBytes)
    {
        Database = database;
        Files = files;
        Pieces = pieces;
        TotalBytes = totalBytes;
        _pieces = pieces.ToLookup(static piece => piece.Key.FirstId);
    }

    /// <summary>The database's name: that of the folders that its files belong into.</summary>
    public string Database { get; }

    /// <summary>The files; a file's number is its place here.</summary>
    public IReadOnlyList<PhysicalFile> Files { get; }

    /// <summary>The pieces of all files.</summary>
    public IReadOnlyList<BlockEntry> Pieces { get; }

    /// <summary>Length of all files together.</summary>
    public long TotalBytes { get; }

    /// <summary>Checks what an open archive says of its files.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ArchiveCorrupt"/>.</exception>
    public static PhysicalFiles Of(ArchiveReader archive)
    {
        var manifest = archive.Manifest;
        var files = manifest.Physical?.Files ?? [];
        if (files.Count == 0)
            throw Corrupt(manifest, "it is a physical backup and lists no files");
        var database = manifest.Source.Database;
        if (!PortableName.IsValid(database, LongestDatabaseName)
            || database.Equals(SystemDatabase, StringComparison.OrdinalIgnoreCase))
            throw Corrupt(manifest, $"'{database}' cannot be the name of its database");
        CheckNames(manifest, files);
        foreach (var piece in archive.Blocks)
            CheckPiece(manifest, files, piece);
        return new PhysicalFiles(database, files, archive.Blocks, Sum(manifest, files));
    }

    /// <summary>The pieces of one file, in order.</summary>
    public IEnumerable<BlockEntry> PiecesOf(int number) => _pieces[number];

    private static void CheckNames(BackupManifest manifest, IReadOnlyList<PhysicalFile> files)
    {
        var isDump = manifest.Method == BackupMethod.Dump;
        var taken = new HashSet<(bool, string)>();
        foreach (var file in files)
        {
            if (file is null || !PortableName.IsValid(file.Name, LongestName))
                throw Corrupt(manifest, $"'{file?.Name}' cannot be the name of a database's file");
            if (!Enum.IsDefined(file.Kind) || file.Kind == PhysicalFileKind.Dump != isDump)
                throw Corrupt(manifest, $"a {manifest.Method} has no file of kind {file.Kind} ('{file.Name}')");
            // Where case does not count, one file would replace the other.
            if (!taken.Add((file.Kind == PhysicalFileKind.Log, file.Name.ToUpperInvariant())))
                throw Corrupt(manifest, $"two of its files are named '{file.Name}'");
        }
        if (isDump && (files.Count != 1 || files[0].Name != manifest.Source.Database + DumpEnd))
            throw Corrupt(manifest, $"a dump is one file, named '{manifest.Source.Database}{DumpEnd}'");
    }

    private static long Sum(BackupManifest manifest, IReadOnlyList<PhysicalFile> files)
    {
        var total = 0L;
        foreach (var file in files)
        {
            if (file.Length < 0 || file.Length > long.MaxValue - total)
                throw Corrupt(manifest, $"'{file.Name}' cannot have {file.Length} bytes");
            total += file.Length;
        }
        return total;
    }

    private static void CheckPiece(BackupManifest manifest, IReadOnlyList<PhysicalFile> files, BlockEntry piece)
    {
        var number = piece.Key.FirstId;
        if (number >= files.Count || piece.Key.Kind != files[(int)number].Kind.ToBlockKind())
            throw Corrupt(manifest, $"block {piece.Key} belongs to no file");
        var file = files[(int)number];
        var rest = file.Length - Offset(piece);
        if (rest <= 0 || piece.RawLength != Math.Min(rest, BlockKey.PieceBytes) || piece.Count != 0)
            throw Corrupt(manifest, $"block {piece.Key} is no piece of '{file.Name}', which has {file.Length} bytes");
    }

    /// <summary>Where in its file a piece begins.</summary>
    public static long Offset(BlockEntry piece) => (long)piece.Key.Part * BlockKey.PieceBytes;

    private static GrapException Corrupt(BackupManifest manifest, string what) =>
        ArchiveFault.Corrupt(manifest.Id, what);
}
