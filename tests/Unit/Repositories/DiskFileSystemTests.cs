using System.Globalization;
using Grap.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

/// <summary>That the real disk does what the simulated one takes for granted.</summary>
public sealed class DiskFileSystemTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-disk-").FullName;
    private readonly DiskFileSystem _files = new();

    [Fact]
    public void What_was_synced_is_on_the_disk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells what had not been written yet.");
        // The system may write at any time what is not synced; then there is nothing to see.
        Assert.SkipWhen(Unwritten(syncs: false) == 0, "This file system does not tell what had not been written yet.");

        Assert.Equal(0, Unwritten(syncs: true));
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_synced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Folders are not synced on Windows.");
        Assert.Throws<IOException>(() => _files.SyncFolder(Path.Combine(_folder, "none")));
        _files.SyncFolder(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>How many bytes of a file were only in memory when it was cut off.</summary>
    private long Unwritten(bool syncs)
    {
        var path = Path.Combine(_folder, $"{syncs}");
        using var file = _files.CreateNew(path)!;
        file.Append(new byte[4 << 20]);
        if (syncs)
            file.Sync();
        var before = Cancelled();
        using (var cut = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            cut.SetLength(0);
        return Cancelled() - before;
    }

    /// <summary>Bytes that this thread kept from being written, by cutting off files.</summary>
    private static long Cancelled() => long.Parse(
        File.ReadLines("/proc/thread-self/io").Single(static line => line.StartsWith("cancelled_write_bytes", StringComparison.Ordinal))
            .Split(' ')[1],
        CultureInfo.InvariantCulture);
}
