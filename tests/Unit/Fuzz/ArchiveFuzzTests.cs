using CsCheck;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Archives whose every hash is right and whose content is not: read or refused, with the conditions that mean
/// so.</summary>
public sealed class ArchiveFuzzTests
{
    private const int BytesPerByte = 256;

    // Making the readers of JSON, and the tables of a digest, costs this much whatever is read.
    private const long BytesBesides = 16 << 20;

    // 128 KiB of content from four bytes, as densely as Zstandard packs.
    private const long MostContentPerByte = 32_768;

    [Fact]
    public void A_forged_archive_that_nothing_was_changed_in_is_read_in_full()
    {
        Assert.Null(Refusal(ForgedArchive.MakeSound()));
    }

    [Fact]
    public void A_forged_archive_is_read_or_refused_in_bounded_memory() =>
        Gen.Int.Select(static seed => ForgedArchive.Make(new Random(seed))).Each(3_000, static bytes =>
            FuzzRun.Bounded(bytes.Length, BytesPerByte, BytesBesides, () => Refusal(bytes)));

    [Fact]
    public void A_changed_archive_is_read_or_refused_in_bounded_memory() =>
        Mutation.Of(Gen.Const(SmallArchive.Bytes())).Each(3_000, static bytes =>
            FuzzRun.Bounded(bytes.Length, BytesPerByte, BytesBesides, () => Refusal(bytes)));

    [Fact]
    public void A_changed_manifest_is_read_or_refused_and_what_was_read_can_be_summarised() =>
        Mutation.OfJson(ManifestJson.Write(FullManifest())).Each(10_000, static bytes =>
        {
            try
            {
                var manifest = ManifestJson.Read(bytes, "forged");
                ManifestJson.Read(ManifestJson.Write(manifest), "again");
            }
            catch (GrapException refusal)
            {
                Assert.Equal(GrapCondition.ArchiveCorrupt, refusal.Condition);
            }
        });

    private static BackupManifest FullManifest() => SmallArchive.Manifest() with
    {
        Transactions = new TransactionWindow(7, 9),
        Tags = ["nightly", "kept"],
        Counts = new GraphCounts
        {
            Nodes = 3,
            Relationships = 2,
            NodesByLabel = new Dictionary<string, long> { ["A"] = 3 },
            RelationshipsByType = new Dictionary<string, long> { ["T"] = 2 },
        },
    };

    /// <summary>Does with an archive all that a verification does, and returns what it was refused for.</summary>
    private static GrapException? Refusal(byte[] bytes)
    {
        try
        {
            using var archive = SmallArchive.Open(bytes);
            BackupSummary.TryParse(BackupSummary.Write("forged", archive));
            using var content = new NativeBuffer();
            var digest = new GraphDigest();
            GrapException? first = null;
            foreach (var block in archive.Blocks)
                first = Attempt(() => archive.ReadBlock(block, content)) ?? first;
            Assert.True(content.Capacity <= (bytes.Length * MostContentPerByte) + (1 << 20),
                $"{content.Capacity} bytes are reserved.");
            first = Attempt(() => archive.VerifyChecksum(null, CancellationToken.None)) ?? first;
            return Attempt(() => Digest(archive, digest)) ?? first;
        }
        catch (GrapException refusal)
        {
            return Expected(refusal);
        }
    }

    private static void Digest(ArchiveReader archive, GraphDigest digest)
    {
        // With the layout of the content, as a verification does.
        archive.ReadBlocks(
            archive.Blocks.Where(static b => b.Key.Kind == BlockKind.Nodes && b.Count > 0),
            (block, content, layout) => digest.AddNodes(block.Key, content.Written, layout), CancellationToken.None);
        digest.CompleteNodes();
        archive.ReadBlocks(
            archive.Blocks.Where(static b => b.Key.Kind == BlockKind.Relationships && b.Count > 0),
            (block, content, layout) => digest.AddRelationships(block.Key, content.Written, layout),
            CancellationToken.None);
        digest.CompleteCounts();
    }

    private static GrapException? Attempt(Action reading)
    {
        try
        {
            reading();
            return null;
        }
        catch (BoltException e) when (e.Kind == BoltErrorKind.ProtocolViolation)
        {
            // A block that holds no PackStream: the verification reports it as a problem.
            return new GrapException(GrapCondition.GraphInconsistent, e.Message, "");
        }
        catch (GrapException refusal)
        {
            return Expected(refusal);
        }
    }

    private static GrapException Expected(GrapException refusal)
    {
        Assert.True(refusal.Condition is GrapCondition.ArchiveCorrupt or GrapCondition.ArchiveTooNew
            or GrapCondition.NotAnArchive or GrapCondition.GraphInconsistent, refusal.ToString());
        return refusal;
    }
}
