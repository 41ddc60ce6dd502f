using CsCheck;
using Grap.OnlineCopy;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Where a log ends: after its last complete commit, whatever stands behind it.</summary>
public sealed class TransactionLogTests
{
    public static TheoryData<string> Versions => [.. RealFile.Versions];

    [Theory]
    [InlineData("5.13.0", 8, 3428, 1795646153917)]
    [InlineData("5.26.30", 9, 3460, 1795646188853)]
    [InlineData("2026.08.1", 9, 3476, 1795646218119)]
    public void A_real_log_is_read_to_its_last_commit(string version, int format, long end, long millis)
    {
        var log = Read(RealFile.Log(version))!;

        Assert.Equal((format, 0, 1), (log.Header.Format, log.Header.Version, log.Header.LastTransactionBefore));
        Assert.Equal(new LogCommit(5, millis, end), log.LastCommit);
        Assert.Equal(log.Header.Store, StoreId.FromNeostore(RealFile.Neostore(version)));
        Assert.Equal(("record", "aligned-1.1"), (log.Header.Store.Engine, log.Header.Store.Format));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_real_log_cut_at_any_byte_ends_with_the_commit_before_also_with_zeros_behind(string version)
    {
        var whole = RealFile.Log(version);
        var ends = Enumerable.Range(LogHeader.Size, whole.Length - LogHeader.Size + 1)
            .Where(cut => Read(whole[..cut])!.End == cut).ToList();
        Assert.Equal(5, ends.Count); // the header and four transactions

        for (var cut = LogHeader.Size; cut <= whole.Length; cut++)
        {
            var expected = ends.Last(end => end <= cut);
            Assert.Equal(expected, Read(whole[..cut])!.End);
            Assert.Equal(expected, Read([.. whole[..cut], .. new byte[4096]])!.End);
        }
    }

    [Fact]
    public void A_property_with_the_bytes_of_a_commit_entry_is_no_commit()
    {
        byte[] begin = [20, 1, 9, 9];
        // The next number, and a checksum that is right for the entry by itself.
        var forged = HandmadeLog.Commit(3, []);
        var log = new HandmadeLog().Add([20, 1, 7]).Add([.. begin, .. forged, 8, 8, 8]).Add([1]);

        for (var cut = log.Ends[1]; cut <= log.Bytes.Length; cut++)
        {
            foreach (var tail in new[] { 0, 64 })
            {
                var found = Read([.. log.Bytes[..cut], .. new byte[tail]])!;
                Assert.Equal(log.Ends.Last(end => end <= cut), found.End);
            }
        }
        Assert.Equal(4, Read(log.Bytes)!.LastTransaction);
    }

    [Fact]
    public void Commits_are_found_wherever_they_lie_between_two_reads()
    {
        const int Chunk = 1 << 20;
        for (var shift = -60; shift <= 30; shift++)
        {
            var log = new HandmadeLog().Add([1, 2, 3])
                .Add(SmallArchive.Noise(Chunk - LogHeader.Size + shift)).Add([5, 5, 5, 5]).Add([]);
            Assert.Equal((5, log.Bytes.Length), (Read(log.Bytes)!.LastTransaction, Read(log.Bytes)!.End));
        }
    }

    [Fact]
    public void Any_transactions_are_found_and_nothing_behind_them() =>
        Gen.Select(Gen.Byte.Array[0, 300].Array[0, 8], Gen.Byte.Array[0, 100], Gen.Int[1, 40]).Sample((contents, tail, most) =>
        {
            var log = new HandmadeLog();
            foreach (var content in contents)
                log.Add(content);
            var found = TransactionLog.Read(
                new MemoryFile([.. log.Bytes, .. tail], most), "log", CancellationToken.None)!;
            Assert.Equal((log.Last, log.Ends[^1]), (found.LastTransaction, found.End));
        }, iter: 300);

    [Fact]
    public void A_log_without_a_commit_ends_behind_its_header_with_the_transaction_before()
    {
        var log = Read(new HandmadeLog(version: 7, lastBefore: 41).Bytes)!;

        Assert.Equal((7, 41, LogHeader.Size), (log.Header.Version, log.LastTransaction, log.End));
    }

    [Fact]
    public void A_file_that_was_just_made_has_no_header_yet()
    {
        Assert.Null(Read([]));
        Assert.Null(Read(new byte[4096]));
        Assert.Null(Read(RealFile.Log("5.26.30")[..100]));
    }

    [Fact]
    public void An_unknown_format_is_named()
    {
        var bytes = RealFile.Log("5.26.30");
        bytes[0] = 10;

        var refusal = Assert.Throws<GrapException>(() => Read(bytes));

        Assert.Equal(GrapCondition.NotSupported, refusal.Condition);
        Assert.Contains("log format 10", refusal.Message, StringComparison.Ordinal);
    }

    private static TransactionLog? Read(byte[] bytes) =>
        TransactionLog.Read(new MemoryFile(bytes), "log", CancellationToken.None);
}
