using System.Globalization;
using Grap.Backups;
using Grap.Recovery;
using Grap.Recovery.States;
using Grap.Servers.Installations;
using Grap.Tests.Torture.Failpoints;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Recoveries;

/// <summary>
/// A process that recovers a backup is killed at each step, and each time that the record is replaced. It must be seen as
/// interrupted; in turn the same command ends it, without doing again what is done, or it is reset; and no server is left.
/// </summary>
internal sealed class RecoveryTorture
{
    /// <summary>Where the staging folders of a site are made.</summary>
    public const string Staging = "staging";

    // The record is replaced once for every state; more often only when the percentage has risen for a second.
    private const string Replacing = "rename temporary recovery";
    private const int Replacements = 3;

    private static readonly string[] s_restoring = ["Checksum", "Import", "Restore", "Unpack", "Load"];

    private readonly Site _site;
    private readonly SpareChild _children;
    private readonly CancellationToken _cancellation;
    private int _kills;
    private int _resumed;
    private int _reset;
    private int _spared;

    private RecoveryTorture(Site site, SpareChild children, CancellationToken cancellation) =>
        (_site, _children, _cancellation) = (site, children, cancellation);

    /// <summary>Runs it for a logical backup and, where <paramref name="arguments"/> want more than a few kills, for a physical
    /// one.</summary>
    public static async Task RunAsync(Site site, TortureArguments arguments, CancellationToken cancellation)
    {
        await site.RenewAsync(cancellation);
        await using var children = new SpareChild(site, "recover", connects: false);
        var torture = new RecoveryTorture(site, children, cancellation);
        await torture.RunAsync(Site.Earlier[0], arguments.Kills);
        if (!arguments.Small)
        {
            await new BackupTaker().TakeAsync(
                site.Session, site.Open(), new BackupOptions { Id = "files", Method = BackupMethod.HotCopy }, null, cancellation);
            await torture.RunAsync("files", arguments.Kills);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{torture._kills} kills: {torture._resumed} times the same command ended it, {torture._spared} of them without a "
            + $"restore; {torture._reset} were reset. No server was left."));
    }

    /// <summary>How a site's backups are recovered.</summary>
    public static RecoveryOptions Options(string folder) => new()
    {
        Assertions = [new("MATCH (n) RETURN count(n) > 0")],
        StagingParent = Path.Combine(folder, Staging),
        Scratch = new ScratchOptions { Home = Environment.GetEnvironmentVariable("NEO4J_HOME") },
    };

    private async Task RunAsync(string backup, int most)
    {
        var all = await RehearseAsync(backup);
        var number = 0;
        foreach (var failpoint in all.Where((_, i) => most >= all.Count || i * most / all.Count != (i - 1) * most / all.Count))
        {
            var servers = await KillAsync(backup, failpoint);
            var record = Book().Read(_site.Session.Database);
            if (record.UnderWay && !record.Interrupted)
                throw Broken(failpoint, "is not seen as interrupted");
            if (number++ % 2 == 0 && record.State != RecoveryState.RecoverySuccess)
                await ResumeAsync(backup, record, failpoint);
            else if (record.State != RecoveryState.NotRecovering)
                _reset++;
            Reset(failpoint, servers);
            Console.WriteLine($"{backup}: killed at '{failpoint.Title}' ({record.Status}).");
        }
    }

    private async Task<List<Failpoint>> RehearseAsync(string backup)
    {
        await using var child = await _children.TakeAsync(_cancellation);
        child.Order(ChildWord.Restore, backup);
        var failpoints = new List<Failpoint>();
        foreach (var answer in await child.EndAsync(_cancellation))
        {
            if (answer is [ChildWord.Refused, .., var message])
                throw new Violation($"The recovery was refused: {message}");
            if (answer is not [ChildWord.Step, var step, _])
                continue;
            if (step.EndsWith(Replacing, StringComparison.Ordinal))
                failpoints.AddRange(Enumerable.Range(1, Replacements).Select(n => new Failpoint(step, n, FailpointAction.Kill)));
            else if (step.Split(": ")[1].All(char.IsAsciiLetter))
                failpoints.Add(new Failpoint(step, 1, FailpointAction.Kill));
        }
        if (Book().Read(_site.Session.Database) is not { State: RecoveryState.RecoverySuccess })
            throw new Violation("The rehearsal did not end in RECOVERY_SUCCESS.");
        Book().Reset(_site.Session.Database, machineLost: false, _cancellation);
        return failpoints;
    }

    // Kills it, and tells which servers it had started.
    private async Task<List<ProcessIdentity>> KillAsync(string backup, Failpoint failpoint)
    {
        await using var child = await _children.TakeAsync(_cancellation);
        child.Arm(failpoint);
        child.Order(ChildWord.Restore, backup);
        var heard = await child.EndAsync(_cancellation);
        if (heard.Find(static answer => answer[0] == ChildWord.Refused) is { } refused)
            throw Broken(failpoint, $"was refused: {refused[^1]}");
        if (!child.WasKilled)
            throw Broken(failpoint, "was not killed");
        _kills++;
        var folder = Path.Combine(_site.Notes, Staging);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).SelectMany(ServerFolder.ServersIn)]
            : [];
    }

    private async Task ResumeAsync(string backup, RecoveryRecord interrupted, Failpoint failpoint)
    {
        var steps = new Steps();
        var record = await new RecoveryRun(_site.Open(), Options(_site.Notes)).RunAsync(backup, steps, null, _cancellation);
        if (record.State != RecoveryState.RecoverySuccess)
            throw Broken(failpoint, $"is {record.Status} after the same command: {string.Join(' ', record.ValidationErrors)}");
        var again = steps.Seen.Intersect(s_restoring).ToList();
        if (interrupted.State == RecoveryState.Validation && (again.Count > 0 || record.ResumedAt is null))
            throw Broken(failpoint, $"was validated, and yet {string.Join(", ", again)} was done again");
        _resumed++;
        if (record.ResumedAt is not null)
            _spared++;
    }

    private void Reset(Failpoint failpoint, List<ProcessIdentity> servers)
    {
        var record = Book().Read(_site.Session.Database);
        if (record.State != RecoveryState.NotRecovering)
            record = Book().Reset(_site.Session.Database, machineLost: false, _cancellation);
        if (record.State != RecoveryState.NotRecovering)
            throw Broken(failpoint, $"is {record.Status} after it was reset");
        var folder = Path.Combine(_site.Notes, Staging);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).FirstOrDefault() is { } left)
            throw Broken(failpoint, $"has left '{left}'");
        foreach (var server in servers)
        {
            using var process = server.Find();
            if (process is not null && !IsZombie(process.Id))
                throw Broken(failpoint, $"has left the server with process id {process.Id}");
        }
    }

    // One that nobody has asked for its exit code, in a container without a process that does.
    private static bool IsZombie(int process) => OperatingSystem.IsLinux()
        && File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat") is var stat
        && stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');

    private RecoveryBook Book() => new(_site.Open());

    private static Violation Broken(Failpoint failpoint, string what) =>
        new($"Killed at '{failpoint.Title}' ({failpoint.Occurrence}), the recovery {what}.");

    private sealed class Steps : IProgress<WorkProgress>
    {
        private readonly List<string> _seen = [];

        public IReadOnlyList<string> Seen => _seen;

        public void Report(WorkProgress value)
        {
            lock (_seen)
                _seen.Add(value.Status.Split(':')[0]);
        }
    }
}
