using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Grap.Schedules;
using Grap.Tests.Integration.Operations;

namespace Grap.Tests.Integration.Machines;

/// <summary>
/// A machine as far as systemd can tell: systemd is the first process of namespaces of its own, with the files and the
/// network of this machine. It knows no units but those in <see cref="Units"/>. Only root can make one; for others, and
/// where namespaces are not to be had, tests are skipped.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SystemdMachine : ICommandRunner, IAsyncDisposable
{
    private const string Systemd = "/lib/systemd/systemd";
    private const string SystemUnits = "/lib/systemd/system";

    // What timers and services stand on unless they say otherwise. Of the machine's own units none is there, as they
    // would do to it what is to be done at a start: empty /tmp, for example.
    private static readonly string[] s_targets = ["sysinit", "basic", "timers", "network-online", "shutdown"];

    // Without D-Bus systemctl speaks to systemd itself, but leaves some things undone.
    private static readonly string[] s_bus = ["dbus.socket", "dbus.service"];

    // systemd wants to be at the root of its cgroups, and alone; so it gets a cgroup of its own, and sees that as the root.
    // Where there are two kinds of hierarchy, that is so in both. /proc/sys belongs to the kernel, which is not its own.
    private const string StartScript = """
        set -e
        for hierarchy in $3; do
            mkdir "$hierarchy/$1"
            echo $$ >"$hierarchy/$1/cgroup.procs"
        done
        exec unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --mount-proc sh -ec '
            mount --make-rprivate /
            mount -t tmpfs tmpfs /run
            mount --bind "$0/id" /etc/machine-id
            mount --bind "$0/units" /etc/systemd/system
            mount -t tmpfs tmpfs /var/lib/systemd
            mount --bind /proc/sys /proc/sys
            mount -o remount,bind,ro /proc/sys
            for hierarchy in $1; do
                umount -l $hierarchy
                case $hierarchy in
                */systemd) mount -t cgroup -o none,name=systemd cgroup $hierarchy ;;
                *) mount -t cgroup2 cgroup2 $hierarchy ;;
                esac
            done
            export container=grap SYSTEMD_UNIT_PATH=/etc/systemd/system
            exec /lib/systemd/systemd --system --unit=basic.target --log-target=console
        ' "$2" "$3"
        """;

    // Not the systemctl in Programs, wherever PATH leads.
    private static readonly string[] s_itsOwnPrograms = ["env", "PATH=/usr/bin:/bin"];

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-systemd-").FullName;
    private readonly string _name = $"grap-{Guid.NewGuid():N}";
    private readonly string[] _hierarchies =
    [
        .. new[] { "/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd" }
            .Where(static hierarchy => File.Exists(Path.Combine(hierarchy, "cgroup.procs"))),
    ];
    private Process? _namespaces;
    private string _first = "";

    private SystemdMachine()
    {
        Directory.CreateDirectory(Units);
        Directory.CreateDirectory(Programs);
        File.WriteAllText(Path.Combine(_folder, "id"), $"{Guid.NewGuid():N}\n");
        foreach (var target in s_targets)
            File.WriteAllText(Path.Combine(Units, $"{target}.target"), "[Unit]\nDefaultDependencies=no\n");
        foreach (var unit in s_bus)
            File.Copy(Path.Combine(SystemUnits, unit), Path.Combine(Units, unit));
    }

    /// <summary>Its folder <c>/etc/systemd/system</c>.</summary>
    public string Units => Path.Combine(_folder, "units");

    /// <summary>A folder with a <c>systemctl</c> that speaks to it.</summary>
    public string Programs => Path.Combine(_folder, "bin");

    private string[] Inside => ["-t", _first, "-m", "-u", "-i", "-p", "-C", "--", .. s_itsOwnPrograms];

    /// <summary>Starts one. Skips the test where that cannot be done.</summary>
    public static async Task<SystemdMachine> StartAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("Only root on Linux can start a systemd for a test.");
        if (!File.Exists(Systemd))
            Tool.Missing(Systemd, "systemd");
        if (!File.Exists(Path.Combine(SystemUnits, s_bus[0])))
            Tool.Missing(s_bus[0], "dbus");
        var machine = new SystemdMachine();
        try
        {
            await machine.BootAsync(cancellation);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program on it.</summary>
    public CommandAnswer? Run(string program, IReadOnlyList<string> arguments, string? input = null) =>
        new CommandRunner().Run("nsenter", [.. Inside, program, .. arguments], input);

    /// <summary>Writes a program for <c>/bin/sh</c>.</summary>
    public static void WriteProgram(string path, string script)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_namespaces is not null)
        {
            // With the first process of a namespace all others end.
            _namespaces.Kill(entireProcessTree: true);
            await _namespaces.WaitForExitAsync(CancellationToken.None);
            _namespaces.Dispose();
        }
        foreach (var hierarchy in _hierarchies)
            await RemoveGroupsAsync(Path.Combine(hierarchy, _name));
        Directory.Delete(_folder, recursive: true);
    }

    private async Task BootAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-c", StartScript, "sh", _name, _folder, string.Join(' ', _hierarchies)])
            start.ArgumentList.Add(argument);
        _namespaces = Process.Start(start)!;
        _namespaces.StandardInput.Close();
        var (output, errors) = (
            _namespaces.StandardOutput.ReadToEndAsync(cancellation), _namespaces.StandardError.ReadToEndAsync(cancellation));
        for (var patience = Stopwatch.StartNew(); !IsUp();)
        {
            if (_namespaces.HasExited)
                Assert.Skip($"systemd cannot be started here: {await output}{await errors}");
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "systemd does not come up.");
            await Task.Delay(100, cancellation);
        }
        WriteProgram(
            Path.Combine(Programs, "systemctl"), $"exec nsenter {string.Join(' ', Inside)} systemctl \"$@\"");
    }

    private bool IsUp()
    {
        var children = $"/proc/{_namespaces!.Id.ToString(CultureInfo.InvariantCulture)}/task/{_namespaces.Id}/children";
        if (!File.Exists(children) || File.ReadAllText(children).Trim() is not { Length: > 0 } first)
            return false;
        _first = first;
        return Run("systemctl", ["is-active", "basic.target"]) is { ExitCode: 0 }
            && Run("systemctl", ["start", s_bus[0]]) is { ExitCode: 0 };
    }

    private static async Task RemoveGroupsAsync(string group)
    {
        if (!Directory.Exists(group))
            return;
        foreach (var child in Directory.GetDirectories(group))
            await RemoveGroupsAsync(child);
        // A group whose last process has just been killed is in use for some milliseconds more.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(group);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }
}
