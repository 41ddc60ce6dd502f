using Grap.Tests.Integration.Operations;

namespace Grap.Tests.Integration.Servers;

/// <summary>A disk of a test's own that is soon full: in memory, and gone with the test. Only root can mount one.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Mounts one. Skips the test where that cannot be done.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("Only root on Linux can mount a disk for a test.");
        var folder = Directory.CreateTempSubdirectory("grap-disk-").FullName;
        await Tool.RunAsync("mount", "mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder]);
        return new SmallDisk(folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Tool.RunAsync("mount", "umount", [Folder]);
        Directory.Delete(Folder);
    }
}
