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

    [Fact]
    public async Task An_import_that_dies_in_the_middle_leaves_all_to_bolt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The Java that kills itself is a shell script.");
        await ProveDisturbedAsync("kill -9 $! && touch \"$HOME_OF_TEST/disturbed\"; wait $!");
    }

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task And_so_does_one_whose_disk_is_full_in_the_middle()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 400);
        // Room comes back when it has ended: files that others had there, for example.
        await ProveDisturbedAsync(
            "cat /dev/zero >\"$SCRATCH/filler\"; wait $! || touch \"$HOME_OF_TEST/disturbed\"; rm \"$SCRATCH/filler\"; exit 1", disk.Folder);
    }

    /// <summary>Proves a backup to whose import something happens.</summary>
    /// <param name="disturbance">Done by a shell as soon as the database is on the disk; the import is <c>$!</c>, and
    /// <c>$SCRATCH</c> is where scratch servers are. It makes the file <c>$HOME_OF_TEST/disturbed</c> where it came in
    /// time.</param>
    /// <param name="parent">Where that is; null for the system's folder for such.</param>
    private async Task ProveDisturbedAsync(string disturbance, string? parent = null)
    {
        var home = Directory.CreateTempSubdirectory("grap-java-").FullName;
        try
        {
            var (_, proof) = await ProveAsync(
                LabServerOptions.DefaultVersion,
                new ScratchOptions { ImportFrom = 1, Environment = name => name == "JAVA_HOME" ? home : Environment.GetEnvironmentVariable(name) },
                ["Checksum", "Compare", "Import", "Restore", "Start", "Structure"], first: null, parent,
                (installation, scratch) => WriteJava(installation, home, scratch, disturbance));

            Assert.True(File.Exists(Path.Combine(home, "disturbed")));
            Assert.Equal(0, proof.Content!.Imported);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    // Java as it is, but for imports.
    private static void WriteJava(string installation, string home, string scratch, string disturbance)
    {
        var java = JavaRuntime.For(Neo4jInstallation.At(installation), Environment.GetEnvironmentVariable);
        File.Copy(Path.Combine(java.Home, "release"), Path.Combine(home, "release"));
        var bin = Directory.CreateDirectory(Path.Combine(home, "bin")).FullName;
        var shim = Path.Combine(bin, "java");
        File.WriteAllText(shim, $$"""
            #!/bin/sh
            case "$*" in *"database import"*) ;; *) exec '{{java.Executable}}' "$@" ;; esac
            '{{java.Executable}}' "$@" &
            HOME_OF_TEST='{{home}}' SCRATCH='{{scratch}}'
            until ls "$SCRATCH"/*/data/databases/*/*.db >/dev/null 2>&1 || ! kill -0 $!; do sleep 0.02; done
            {{disturbance}}
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private async Task<(Backup Backup, VerificationResult Proof)> ProveAsync(
        string version, ScratchOptions options, string[] steps, GraphName? first = GraphName.Hostile,
        string? parent = null, Action<string, string>? prepare = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await servers.BorrowAsync(version, cancellation);
        Assert.SkipWhen(borrowed.Server.Home is null, "A server in a container leaves no installation for another.");
        if (first is { } name)
            await borrowed.LoadAsync(new GraphOptions(name), cancellation);
        // Whose nodes get more properties as they come.
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 2_000), cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var backup = await workplace.TakeAsync();
        var folder = Directory.CreateDirectory(
            Path.Combine(parent ?? Path.GetTempPath(), $"grap-logical-proof-{Guid.NewGuid():N}")).FullName;
        try
        {
            prepare?.Invoke(borrowed.Server.Home!, folder);
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
