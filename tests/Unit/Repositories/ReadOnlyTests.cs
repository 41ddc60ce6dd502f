using System.Diagnostics;
using Grap.Audit;
using Grap.Backups;
using Grap.Repositories;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

/// <summary>A repository that may only be read: by this account, or because its file system is mounted so.</summary>
public sealed class ReadOnlyTests
{
    private const int ReadOnlyFileSystem = 30;
    private readonly SimulatedFileSystem _files = new();

    public static TheoryData<string> Denials => ["denied", "mounted"];

    [Theory]
    [MemberData(nameof(Denials))]
    public void What_is_there_can_be_listed_and_read(string how)
    {
        var repository = ReadOnly(how);

        Assert.Equal(["first", "second"], repository.List().Select(static backup => backup.Id).Order(StringComparer.Ordinal));
        Assert.Equal("third", Assert.Single(repository.ListTrash()).Id);
        Assert.NotNull(repository.Get("first").Manifest);
        Assert.NotEmpty(repository.Journal.Read());
        using var archive = repository.OpenArchive("first");
        archive.VerifyChecksum(null, CancellationToken.None);
        Assert.NotEmpty(archive.Blocks);
    }

    [Theory]
    [MemberData(nameof(Denials))]
    public async Task What_is_there_can_be_tested_and_the_result_says_that_nobody_else_will_know(string how)
    {
        var repository = ReadOnly(how);

        var result = await new Verifier().VerifyAsync(
            repository, "first", VerificationLevel.Checksum, null, CancellationToken.None);

        Assert.Equal((true, VerificationLevel.Checksum), (result.Passed, result.ProvenLevel));
        Assert.Contains(Workshop.Folder, result.NotRecorded, StringComparison.Ordinal);
        Assert.Equal(VerificationLevel.None, repository.Get("first").VerifiedLevel);
    }

    [Fact]
    public async Task Where_it_can_be_recorded_nothing_is_said()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "first");

        var result = await new Verifier().VerifyAsync(
            repository, "first", VerificationLevel.Checksum, null, CancellationToken.None);

        Assert.Null(result.NotRecorded);
        Assert.Equal(VerificationLevel.Checksum, repository.Get("first").VerifiedLevel);
    }

    [Theory]
    [MemberData(nameof(Denials))]
    public async Task Damage_is_found_as_anywhere_else(string how)
    {
        var bytes = Filled()[$"{Workshop.Folder}/first.grap"];
        bytes[bytes.Length / 2] ^= 1;
        _files.Delete($"{Workshop.Folder}/first.grap");
        _files.CreateNew($"{Workshop.Folder}/first.grap")!.Append(bytes);
        Deny(how);

        var result = await new Verifier().VerifyAsync(
            Workshop.Open(_files, create: false), "first", VerificationLevel.Checksum, null, CancellationToken.None);

        Assert.True(result.Failed);
        Assert.Equal(GrapCondition.ArchiveCorrupt, result.Condition);
        Assert.NotNull(result.NotRecorded);
    }

    [Theory]
    [MemberData(nameof(Denials))]
    public void What_would_write_says_that_the_repository_may_only_be_read(string how)
    {
        var repository = ReadOnly(how);
        var before = _files.Files(Workshop.Folder);

        // Backups, removals, pins and the trash all take the lock first.
        var error = Assert.Throws<GrapException>(() => repository.Lock("test"));

        Assert.Equal(GrapCondition.RepositoryUnavailable, error.Condition);
        Assert.Contains(how == "mounted" ? "read-only" : "denied", error.Message, StringComparison.Ordinal);
        Assert.NotEqual("", error.RecommendedAction);
        Assert.Equal(before.Keys, _files.Files(Workshop.Folder).Keys);
    }

    [Theory]
    [MemberData(nameof(Denials))]
    public void A_new_repository_is_refused(string how)
    {
        Deny(how);

        var error = Assert.Throws<GrapException>(() => Workshop.Open(_files));

        Assert.Equal(GrapCondition.RepositoryUnavailable, error.Condition);
    }

    [Theory]
    [MemberData(nameof(Denials))]
    public async Task What_fails_there_is_told_though_it_cannot_be_recorded(string how)
    {
        ReadOnly(how);
        var warnings = new List<string>();
        var trail = new AuditTrail(Workshop.Folder, projects: false, warnings.Add, Workshop.Options(_files));

        var error = await Assert.ThrowsAsync<GrapException>(() => trail.RunAsync(
            AuditedOperation.VerifyBackup("none"),
            () => Task.FromException(new GrapException(GrapCondition.BackupNotFound, "There is none.", "Take one.", "none"))));

        Assert.Equal(GrapCondition.BackupNotFound, error.Condition);
        Assert.Single(warnings);
    }

    [Fact]
    public async Task On_a_real_disk_it_is_the_same()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsNobodyAsync(nameof(On_a_real_disk_it_is_the_same));
            return;
        }
        var folder = Directory.CreateTempSubdirectory("grap-read-only-");
        try
        {
            Workshop.Take(FolderRepository.Open(folder.FullName, create: true), "one");
            File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            foreach (var file in folder.EnumerateFiles())
                File.SetUnixFileMode(file.FullName, UnixFileMode.UserRead);
            var repository = FolderRepository.Open(folder.FullName, create: false);

            Assert.Equal("one", Assert.Single(repository.List()).Id);
            var result = await new Verifier().VerifyAsync(
                repository, "one", VerificationLevel.Checksum, null, CancellationToken.None);
            Assert.True(result.Passed);
            Assert.NotNull(result.NotRecorded);
            Assert.Equal(
                GrapCondition.RepositoryUnavailable,
                Assert.Throws<GrapException>(() => repository.Lock("test")).Condition);
        }
        finally
        {
            File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            folder.Delete(recursive: true);
        }
    }

    // Modes do not bind root.
    private static async Task RunAsNobodyAsync(string test)
    {
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])
        [
            "--reuid=65534", "--regid=65534", "--clear-groups", Environment.ProcessPath!,
            .. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ReadOnlyTests).Assembly.Location] : (string[])[],
            "-noLogo", "-method", $"{typeof(ReadOnlyTests).FullName}.{test}",
        ])
            start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0, said);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", said, StringComparison.Ordinal);
    }

    private Dictionary<string, byte[]> Filled()
    {
        var repository = Workshop.Open(_files);
        foreach (var id in new[] { "first", "second", "third" })
            Workshop.Take(repository, id);
        using var held = repository.Lock("test");
        repository.MoveToTrash("third", held, "No rule keeps it.");
        return _files.Files(Workshop.Folder).ToDictionary(
            static file => $"{Workshop.Folder}/{file.Key}", static file => file.Value.ToArray(), StringComparer.Ordinal);
    }

    private FolderRepository ReadOnly(string how)
    {
        Filled();
        Deny(how);
        return Workshop.Open(_files, create: false);
    }

    private void Deny(string how) => _files.Denial = how == "mounted"
        ? static () => new IOException("Read-only file system", ReadOnlyFileSystem)
        : static () => new UnauthorizedAccessException("Permission denied");
}
