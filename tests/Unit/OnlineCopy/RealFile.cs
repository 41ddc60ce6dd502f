namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Beginnings of files that real servers of three versions wrote.</summary>
internal static class RealFile
{
    public static readonly string[] Versions = ["5.13.0", "5.26.30", "2026.08.1"];

    /// <summary>A checkpoint file, whole.</summary>
    public static byte[] Checkpoint(string version) => Read(version + ".checkpoint");

    /// <summary>The first transaction log, up to the end of transaction 5.</summary>
    public static byte[] Log(string version) => Read(version + ".log");

    /// <summary>The first 256 bytes of the file <c>neostore</c>.</summary>
    public static byte[] Neostore(string version) => Read(version + ".neostore");

    private static byte[] Read(string name)
    {
        using var stream = typeof(RealFile).Assembly.GetManifestResourceStream(
            $"Grap.Tests.Unit.OnlineCopy.Samples.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
