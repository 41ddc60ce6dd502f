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
    public async Task A_backup_of_a_hostile_graph_is_proven_by_what_it_is_restored_as()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, cancellation);
        Assert.SkipWhen(borrowed.Server.Home is null, "A server in a container leaves no installation for another.");
        await borrowed.LoadAsync(new GraphOptions(GraphName.Hostile), cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var backup = await workplace.TakeAsync();
        var folder = Directory.CreateTempSubdirectory("grap-logical-proof-").FullName;
        try
        {
            var scratch = new ScratchOptions { Home = borrowed.Server.Home, ParentFolder = folder, Places = [] };

            var proof = await new Verifier(scratch: scratch).VerifyAsync(
                workplace.Repository, backup.Id, VerificationLevel.Restore, null, cancellation);

            TestContext.Current.SendDiagnosticMessage(string.Join(Environment.NewLine, [.. proof.Problems, .. proof.Steps]));
            Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
            Assert.Equal(VerificationLevel.Restore, proof.ProvenLevel);
            Assert.Equal(backup.Fingerprint, proof.Content!.Fingerprint);
            Assert.Equal(backup.Nodes, proof.Content.Counts.Nodes);
            Assert.Equal(["Checksum", "Compare", "Restore", "Start", "Structure"], proof.Steps.Keys.Order());
            Assert.Equal(VerificationLevel.Restore, workplace.Repository.Get(backup.Id).VerifiedLevel);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
