using CsCheck;
using Grap.OnlineCopy;
using Grap.Tests.Unit.Archives;
using Grap.Tests.Unit.OnlineCopy;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Changed checkpoint files, logs and stores of three versions: read or refused.</summary>
public sealed class StoreFileFuzzTests
{
    private const long BytesBesides = 64 << 10;

    [Fact]
    public void A_changed_checkpoint_file_is_read_or_refused() =>
        Mutants(RealFile.Checkpoint).Each(10_000, static bytes => FuzzRun.Bounded(bytes.Length, 1, BytesBesides,
            () => Attempt(() => Assert.True(
                (CheckpointFile.FindNewest(bytes, "checkpoint.0")?.End ?? 0) <= bytes.Length))));

    [Fact]
    public void A_changed_log_is_read_or_refused() =>
        Mutants(RealFile.Log).Each(3_000, static bytes => FuzzRun.Bounded(bytes.Length, 1, BytesBesides, () =>
            Attempt(() =>
            {
                var log = TransactionLog.Read(new MemoryFile(bytes), "log", CancellationToken.None);
                Assert.True((log?.End ?? 0) <= bytes.Length);
            })));

    [Fact]
    public void A_changed_store_id_is_read_or_not() =>
        Mutants(RealFile.Neostore).Each(10_000, static bytes => FuzzRun.Bounded(bytes.Length, 1, BytesBesides,
            () => StoreId.FromNeostore(bytes)));

    private static Gen<byte[]> Mutants(Func<string, byte[]> sample) =>
        Mutation.Of(Gen.Int[0, RealFile.Versions.Length - 1].Select(i => sample(RealFile.Versions[i])),
            HandmadeLog.Commit(6, []), new byte[64]);

    private static void Attempt(Action reading)
    {
        try
        {
            reading();
        }
        catch (GrapException refusal)
        {
            Assert.True(refusal.Condition is GrapCondition.CopyFailed or GrapCondition.NotSupported,
                refusal.ToString());
        }
    }
}
