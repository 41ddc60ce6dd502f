using Grap.Archives;

namespace Grap.Verification;

/// <summary>Every byte of the file is the one that was written.</summary>
internal static class ChecksumCheck
{
    /// <summary>Reads the whole file against its hashes; throws ArchiveCorrupt at the first difference.</summary>
    public static bool Run(ArchiveReader archive, VerificationRun run)
    {
        var total = archive.Blocks.Sum(static b => (long)b.StoredLength);
        archive.VerifyChecksum(new Watcher(run, total), run.Cancellation);
        return true;
    }

    private sealed class Watcher(VerificationRun run, long total) : IProgress<long>
    {
        private long _before;

        public void Report(long value)
        {
            run.Read("Checksum", value - _before, value, total);
            _before = value;
        }
    }
}
