using Grap.OnlineCopy;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>The newest complete checkpoint, in every layout that is known.</summary>
public sealed class CheckpointFileTests
{
    public static TheoryData<string> Versions => [.. RealFile.Versions];

    [Theory]
    [InlineData("5.13.0", 5, 219648)]
    [InlineData("5.26.30", 5, 263263)]
    [InlineData("2026.08.1", 5, 250837)]
    public void The_last_record_of_a_real_file_is_found(string version, long log, long offset)
    {
        var bytes = RealFile.Checkpoint(version);

        foreach (var file in new[] { bytes, [.. bytes, .. new byte[1000]] })
        {
            var newest = CheckpointFile.FindNewest(file, "checkpoint.0")!;
            Assert.Equal((log, offset, bytes.Length), (newest.Place.LogVersion, newest.Place.Offset, newest.End));
            Assert.Equal(new DateTime(2026, 11, 25), newest.Place.At.Date);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_half_written_record_is_passed_over(string version)
    {
        var bytes = RealFile.Checkpoint(version);
        var length = version == "2026.08.1" ? 486 : 232;

        for (var cut = bytes.Length - length; cut < bytes.Length; cut++)
        {
            Assert.Equal(bytes.Length - length, CheckpointFile.FindNewest(bytes.AsSpan(0, cut), "checkpoint.0")!.End);
            Assert.Equal(
                bytes.Length - length, CheckpointFile.FindNewest([.. bytes[..cut], .. new byte[600]], "c")!.End);
        }
    }

    [Fact]
    public void A_file_without_a_record_has_no_checkpoint_yet()
    {
        Assert.Null(CheckpointFile.FindNewest([], "checkpoint.0"));
        Assert.Null(CheckpointFile.FindNewest(RealFile.Checkpoint("5.26.30").AsSpan(0, 128), "checkpoint.0"));
        Assert.Null(CheckpointFile.FindNewest(RealFile.Checkpoint("5.26.30").AsSpan(0, 200), "checkpoint.0"));
    }

    [Fact]
    public void An_unknown_layout_is_refused_by_its_version()
    {
        var bytes = RealFile.Checkpoint("2026.08.1");
        bytes[128] = 77;

        var refusal = Assert.Throws<GrapException>(() => CheckpointFile.FindNewest(bytes, "checkpoint.0"));

        Assert.Equal(GrapCondition.NotSupported, refusal.Condition);
        Assert.Contains("kernel version 77", refusal.Message, StringComparison.Ordinal);
    }
}
