using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;
using Grap.Verification;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Logical backups are proven by restoring them into a scratch server.</summary>
public sealed class LogicalProofTests(ServerPool servers)
{
    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public Task A_backup_of_a_hostile_graph_is_proven_by_what_it_is_restored_as() =>
        ProveAsync(
            LabServerOptions.DefaultVersion, new ScratchOptions(), ["Checksum", "Compare", "Restore", "Start", "Structure"]);

    // Of a graph that is small, but in which every value and name is that might be read as another one.
    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task And_so_is_one_that_is_imported_in_bulk(string version)
    {
        var (backup, proof) = await ProveAsync(
            version, new ScratchOptions { ImportFrom = 1 },
            ["Checksum", "Compare", "Import", "Restore", "Start", "Structure"]);
        var elements = backup.Nodes + backup.Relationships;
        Assert.InRange(proof.Content!.Imported, elements / 2, elements - 1);
    }

    private async Task<(Backup Backup, VerificationResult Proof)> ProveAsync(
        string version, ScratchOptions options, string[] steps)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await servers.BorrowAsync(version, cancellation);
        Assert.SkipWhen(borrowed.Server.Home is null, "A server in a container leaves no installation for another.");
        await borrowed.LoadAsync(new GraphOptions(GraphName.Hostile), cancellation);
        // Whose nodes get more properties as they come.
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 2_000), cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var backup = await workplace.TakeAsync();
        var folder = Directory.CreateTempSubdirectory("grap-logical-proof-").FullName;
        try
        {
            var scratch = options with { Home = borrowed.Server.Home, ParentFolder = folder, Places = [] };

            var proof = await new Verifier(scratch: scratch).VerifyAsync(
                workplace.Repository, backup.Id, VerificationLevel.Restore, null, cancellation);

            TestContext.Current.SendDiagnosticMessage(string.Join(Environment.NewLine, [.. proof.Problems, .. proof.Steps]));
            Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
            Assert.Equal(VerificationLevel.Restore, proof.ProvenLevel);
            Assert.Equal(backup.Fingerprint, proof.Content!.Fingerprint);
            Assert.Equal(backup.Nodes, proof.Content.Counts.Nodes);
            Assert.Equal(steps, proof.Steps.Keys.Order());
            Assert.Equal(VerificationLevel.Restore, workplace.Repository.Get(backup.Id).VerifiedLevel);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
            return (backup, proof);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
