using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Servers.Installations;
using Grap.Tests.Unit.Graphs;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Verification;

/// <summary>Archives whose bytes are all as written, but which say something that is not so.</summary>
public sealed class VerifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-verify-").FullName;
    private readonly FolderRepository _repository;

    public VerifierTests() => _repository = FolderRepository.Open(_folder, create: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_sound_backup_passes_every_level_that_can_be_checked()
    {
        Publish([Node(0), Node(1)], [Rel(0, 0, 1)]);

        foreach (var level in new[] { VerificationLevel.Checksum, VerificationLevel.Structure })
        {
            var result = await VerifyAsync(level);
            Assert.Equal((VerificationOutcome.Passed, level), (result.Outcome, result.ProvenLevel));
            Assert.Equal(level, _repository.Get("b").VerifiedLevel);
        }
    }

    [Fact]
    public async Task Restore_without_any_Neo4j_is_not_checked_and_never_called_passed()
    {
        Publish([Node(0)], []);

        var result = await VerifyAsync(VerificationLevel.Restore);

        Assert.Equal((VerificationOutcome.NotChecked, GrapCondition.ScratchServerUnavailable), (result.Outcome, result.Condition));
        Assert.False(result.Passed);
        Assert.Equal(VerificationLevel.Structure, result.ProvenLevel);
        Assert.NotEqual(VerificationLevel.Restore, _repository.Get("b").VerifiedLevel);
    }

    [Fact]
    public async Task A_dangling_endpoint_is_found()
    {
        Publish([Node(0)], [Rel(0, 0, 1)]);

        await AssertFailsAsync("Relationship 0 needs node 1");
    }

    [Fact]
    public async Task A_duplicate_node_id_is_found()
    {
        Publish([Node(3), Node(3)], []);

        await AssertFailsAsync("node id 3 occurs twice");
    }

    [Fact]
    public async Task A_duplicate_relationship_id_is_found()
    {
        Publish([Node(0)], [Rel(3, 0, 0), Rel(3, 0, 0)]);

        await AssertFailsAsync("relationship id 3 occurs twice");
    }

    [Theory]
    [InlineData(3, 1, "says 3 nodes; the archive holds 2")]
    [InlineData(2, 2, "says 2 relationships; the archive holds 1")]
    public async Task A_wrong_count_in_the_manifest_is_found(long nodes, long relationships, string why)
    {
        Publish([Node(0), Node(1)], [Rel(0, 0, 1)], manifest => manifest with
        {
            Counts = manifest.Counts with { Nodes = nodes, Relationships = relationships },
        });

        await AssertFailsAsync(why);
    }

    [Fact]
    public async Task A_wrong_count_of_one_label_is_found()
    {
        Publish([Node(0)], [], manifest => manifest with
        {
            Counts = manifest.Counts with { NodesByLabel = new Dictionary<string, long> { ["Other"] = 1 } },
        });

        await AssertFailsAsync("1 nodes labelled Other; the archive holds 0");
    }

    [Fact]
    public async Task A_wrong_count_in_the_index_is_found()
    {
        Publish([Node(0), Node(1)], [], countInIndex: 5);

        await AssertFailsAsync("says 5 elements and holds 2");
    }

    [Fact]
    public async Task Content_that_is_not_the_fingerprinted_one_is_found()
    {
        Publish([Node(0)], [], manifest => manifest with { Fingerprint = new string('0', 32) });

        await AssertFailsAsync("fingerprint");
    }

    [Fact]
    public async Task Bytes_that_are_no_element_are_found()
    {
        Publish([[0xC0, 0xC0]], []);

        var result = await VerifyAsync(VerificationLevel.Structure);
        Assert.Equal(VerificationOutcome.Failed, result.Outcome);
    }

    [Fact]
    public async Task A_damaged_byte_fails_at_every_level_and_the_listing_knows()
    {
        Publish([Node(0), Node(1)], [Rel(0, 0, 1)]);
        var path = _repository.Get("b").Path;
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 3] ^= 0x40;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        foreach (var level in new[] { VerificationLevel.Checksum, VerificationLevel.Structure, VerificationLevel.Restore })
        {
            var result = await VerifyAsync(level);
            Assert.Equal((VerificationOutcome.Failed, VerificationLevel.None), (result.Outcome, result.ProvenLevel));
            Assert.Equal(GrapCondition.ArchiveCorrupt, result.Condition);
        }
        Assert.Equal(BackupStatus.Damaged, _repository.Get("b").Status);
    }

    private static byte[] Node(long id) => ElementBytes.Node(id, ["A"], ("x", id));

    private static byte[] Rel(long id, long start, long end) => ElementBytes.Relationship(id, start, end, "R");

    private Task<VerificationResult> VerifyAsync(VerificationLevel level) =>
        new Verifier(scratch: new ScratchOptions { Places = [] }).VerifyAsync(_repository, "b", level, null, TestContext.Current.CancellationToken);

    private async Task AssertFailsAsync(string why)
    {
        var result = await VerifyAsync(VerificationLevel.Structure);
        Assert.Equal((VerificationOutcome.Failed, VerificationLevel.Checksum), (result.Outcome, result.ProvenLevel));
        Assert.Contains(result.Problems, problem => problem.Contains(why, StringComparison.Ordinal));
    }

    private void Publish(
        byte[][] nodes, byte[][] relationships, Func<BackupManifest, BackupManifest>? change = null, int? countInIndex = null)
    {
        using var held = _repository.Lock("test", TestContext.Current.CancellationToken);
        using var pending = _repository.Begin("b", held);
        Write(BlockKind.Nodes, nodes);
        Write(BlockKind.Relationships, relationships);
        var manifest = new BackupManifest
        {
            Id = "b",
            Source = new BackupSource(),
            Counts = new GraphCounts
            {
                Nodes = nodes.Length,
                Relationships = relationships.Length,
                NodesByLabel = new Dictionary<string, long> { ["A"] = nodes.Length },
                RelationshipsByType = relationships.Length == 0
                    ? new Dictionary<string, long>()
                    : new Dictionary<string, long> { ["R"] = relationships.Length },
            },
            Fingerprint = Fingerprint(nodes, relationships),
        };
        pending.Publish(change?.Invoke(manifest) ?? manifest, TestContext.Current.CancellationToken);

        void Write(BlockKind kind, byte[][] elements)
        {
            if (elements.Length == 0)
                return;
            using var block = EncodedBlock.Encode(
                new BlockKey(kind, 0, 0), countInIndex ?? elements.Length, ElementBytes.Join(elements), 1);
            pending.Archive.Write(block);
        }
    }

    // What the content's fingerprint is, so that only the fault under test is one; malformed content has none.
    private static string Fingerprint(byte[][] nodes, byte[][] relationships)
    {
        try
        {
            var digest = new GraphDigest();
            digest.AddNodes(new BlockKey(BlockKind.Nodes, 0, 0), ElementBytes.Join(nodes));
            digest.CompleteNodes();
            digest.AddRelationships(new BlockKey(BlockKind.Relationships, 0, 0), ElementBytes.Join(relationships));
            return digest.Fingerprint;
        }
        catch (Exception malformed) when (malformed is GrapException or Grap.Bolt.BoltException)
        {
            return "";
        }
    }
}
