using CsCheck;
using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>What is unpacked is what was archived, whatever the files; and nothing outside the folder is touched,
/// whatever the manifest says.</summary>
public sealed class UnpackingTests : IDisposable
{
    private const PhysicalFileKind Store = PhysicalFileKind.Store;
    private const PhysicalFileKind Log = PhysicalFileKind.Log;
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-unpack-").FullName;

    [Fact]
    public void Files_come_out_as_they_went_in()
    {
        // Around the places where something changes: nothing, a byte, a piece and its neighbours, several pieces, and
        // runs of zeros at any place.
        var content = Gen.Select(
            Gen.OneOf(Gen.Int[0, 2], Gen.Int[BlockKey.PieceBytes - 1, BlockKey.PieceBytes + 1], Gen.Int[0, 3 << 20]),
            Gen.Int[0, 3], Gen.Int[0, 3 << 20], Gen.Int);
        Gen.Select(content, content, content).Sample((a, b, c) =>
        {
            var target = Path.Combine(_folder, Guid.NewGuid().ToString());
            (string Name, PhysicalFileKind Kind, byte[] Content)[] files =
                [("neostore", Store, Bytes(a)), ("neostore.nodestore.db", Store, Bytes(b)), ("checkpoint.0", Log, Bytes(c))];
            using var archive = PhysicalArchive.Of(files);

            Unpack(archive, target);

            foreach (var (name, kind, bytes) in files)
                Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(target, kind.ToString(), name)));
            Directory.Delete(target, recursive: true);
        }, iter: 25, threads: 1);

        static byte[] Bytes((int Length, int Zeros, int From, int Seed) made)
        {
            var bytes = SmallArchive.Noise(made.Length, made.Seed);
            if (made.From < bytes.Length)
                bytes.AsSpan(made.From, Math.Min(bytes.Length - made.From, made.Zeros * BlockKey.PieceBytes)).Clear();
            return bytes;
        }
    }

    [Fact]
    public void Zeros_take_no_room_on_the_disk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only here is it known how to ask for the room that a file takes.");
        const long Length = 512L << 20;
        using var archive = PhysicalArchive.Forge(Files(new PhysicalFile("neostore", Store, Length)),
            (new BlockKey(BlockKind.StoreFile, 0, 511), SmallArchive.Noise(BlockKey.PieceBytes)));
        var disk = new DriveInfo(_folder);
        var before = disk.AvailableFreeSpace;

        Unpack(archive, _folder);

        Assert.Equal(Length, new FileInfo(Path.Combine(_folder, "Store", "neostore")).Length);
        Assert.True(before - disk.AvailableFreeSpace < Length / 2);
    }

    [Theory]
    [InlineData("../neostore")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData(@"a\b")]
    [InlineData("/etc/passwd")]
    [InlineData("C:neostore")]
    [InlineData("neostore\0")]
    [InlineData("NUL")]
    [InlineData("com1.db")]
    [InlineData("neostore.")]
    [InlineData("")]
    [InlineData("nöstore")]
    public void A_name_that_could_leave_the_folder_is_damage(string name) =>
        AssertRefused(Files(new PhysicalFile(name, Store, 0)), "cannot be the name of a database's file");

    [Fact]
    public void A_name_longer_than_any_of_Neo4j_is_damage() =>
        AssertRefused(Files(new PhysicalFile(new string('n', 201), Store, 0)), "cannot be the name");

    [Fact]
    public void Two_names_that_differ_in_case_alone_are_damage() =>
        AssertRefused(Files(new PhysicalFile("neostore", Store, 0), new PhysicalFile("Neostore", Store, 0)), "two of its files");

    [Theory]
    [InlineData("../other")]
    [InlineData("")]
    [InlineData("system")]
    [InlineData("SYSTEM")]
    [InlineData("a/b")]
    public void A_database_whose_folder_would_lie_elsewhere_is_damage(string database) => AssertRefused(
        manifest => Files(new PhysicalFile("neostore", Store, 0))(manifest) with
        {
            Source = manifest.Source with { Database = database },
        }, "cannot be the name of its database");

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    public void A_length_below_zero_is_damage(long length) =>
        AssertRefused(Files(new PhysicalFile("neostore", Store, length)), "cannot have");

    [Fact]
    public void Lengths_that_no_number_holds_together_are_damage() => AssertRefused(
        Files(new PhysicalFile("a", Store, long.MaxValue), new PhysicalFile("b", Store, 1)), "cannot have");

    [Fact]
    public void A_length_that_the_disk_has_no_room_for_is_refused_before_anything_is_written()
    {
        using var archive = PhysicalArchive.Forge(Files(new PhysicalFile("neostore", Store, long.MaxValue / 2)));

        var full = Assert.Throws<GrapException>(() => Unpack(archive, _folder));

        Assert.Equal(GrapCondition.ScratchFull, full.Condition);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(BlockKind.StoreFile, 1, 0, 10)] // of no file
    [InlineData(BlockKind.LogFile, 0, 0, 10)] // of another kind
    [InlineData(BlockKind.StoreFile, 0, 0, 9)] // too short
    [InlineData(BlockKind.StoreFile, 0, 0, 11)] // longer than the file
    [InlineData(BlockKind.StoreFile, 0, 1, 10)] // behind its end
    [InlineData(BlockKind.Nodes, 0, 0, 10)] // of a graph
    public void A_piece_that_does_not_fit_its_file_is_damage(BlockKind kind, long file, int part, int length) =>
        AssertRefused(Files(new PhysicalFile("neostore", Store, 10)), "block", (new BlockKey(kind, file, part), SmallArchive.Noise(length)));

    [Fact]
    public void A_physical_backup_without_files_is_damage() => AssertRefused(manifest => manifest, "lists no files");

    [Fact]
    public void A_dump_is_one_file_named_after_the_database()
    {
        AssertRefused(Dump(new PhysicalFile("other.dump", PhysicalFileKind.Dump, 0)), "named 'neo4j.dump'");
        AssertRefused(Dump(new PhysicalFile("neo4j.dump", Store, 0)), "has no file of kind Store");
        using var sound = PhysicalArchive.Forge(Dump(new PhysicalFile("neo4j.dump", PhysicalFileKind.Dump, 0)));
        Assert.Equal("neo4j", PhysicalFiles.Of(sound).Database);

        static Func<BackupManifest, BackupManifest> Dump(PhysicalFile file) =>
            manifest => Files(file)(manifest) with { Method = BackupMethod.Dump };
    }

    [Fact]
    public void What_is_there_already_is_never_overwritten()
    {
        using var archive = PhysicalArchive.Of(("neostore", Store, [1, 2, 3]));
        var existing = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "Store")).FullName, "neostore");
        File.WriteAllText(existing, "mine");

        var refused = Assert.Throws<GrapException>(() => Unpack(archive, _folder));

        Assert.Equal(GrapCondition.TargetExists, refused.Condition);
        Assert.Equal("mine", File.ReadAllText(existing));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Func<BackupManifest, BackupManifest> Files(params PhysicalFile[] files) =>
        manifest => manifest with { Physical = new PhysicalContent { Files = files } };

    private static void AssertRefused(
        Func<BackupManifest, BackupManifest> manifest, string why, params (BlockKey, byte[])[] pieces)
    {
        using var archive = PhysicalArchive.Forge(manifest, pieces);
        var damage = Assert.Throws<GrapException>(() => PhysicalFiles.Of(archive));
        Assert.Equal(GrapCondition.ArchiveCorrupt, damage.Condition);
        Assert.Contains(why, damage.Message, StringComparison.Ordinal);
    }

    private static void Unpack(ArchiveReader archive, string folder) =>
        new Unpacking(archive, PhysicalFiles.Of(archive))
            .Run(kind => Path.Combine(folder, kind.ToString()), null, TestContext.Current.CancellationToken);
}
