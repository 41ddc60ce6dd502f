using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Grap.Repositories;

/// <summary>One process, so described that another run can tell whether it still runs.</summary>
/// <param name="Host">The machine's name, for people.</param>
/// <param name="Scope">Within which process numbers mean something: one boot of one machine, one container. Processes
/// of different scopes know nothing of each other.</param>
/// <param name="ProcessId">Its number, which the system gives away again later.</param>
/// <param name="Started">When it started, in whatever unit the system tells exactly; number and start together are
/// unique.</param>
internal sealed record ProcessIdentity(string Host, string Scope, int ProcessId, string Started);

/// <summary>The processes of this machine.</summary>
internal interface IProcessTable
{
    /// <summary>This process.</summary>
    ProcessIdentity Current { get; }

    /// <summary>Whether that very process runs; null if it cannot be known from here.</summary>
    bool? IsRunning(ProcessIdentity process);
}

/// <summary>The real processes. The one place that knows how each system names them.</summary>
internal sealed class ProcessTable : IProcessTable
{
    /// <summary>Start of a process that runs but does not let us look.</summary>
    private const string Hidden = "hidden";

    public ProcessIdentity Current { get; } = new(
        Environment.MachineName, FindScope(), Environment.ProcessId, FindStart(Environment.ProcessId) ?? "");

    public bool? IsRunning(ProcessIdentity process)
    {
        if (process.Host != Current.Host || process.Scope != Current.Scope)
            return null;
        // A number that was given away again starts at another time.
        var start = FindStart(process.ProcessId);
        return start == process.Started || start == Hidden;
    }

    /// <summary>On Linux the boot and the namespace of process numbers: containers may share a host name. Elsewhere a
    /// start time is enough to tell processes of different boots apart.</summary>
    private static string FindScope()
    {
        if (!OperatingSystem.IsLinux())
            return "";
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return $"{boot}/{new FileInfo("/proc/self/ns/pid").LinkTarget}";
    }

    private static string? FindStart(int processId) =>
        OperatingSystem.IsLinux() ? FindStartInProc(processId) : FindStartByHandle(processId);

    /// <summary>Field 22 of <c>/proc/&lt;pid&gt;/stat</c> (proc(5)): clock ticks since boot.
    /// <see cref="Process.StartTime"/> adds the wall clock to it, which may be set while the process runs.</summary>
    private static string? FindStartInProc(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        }
        catch (IOException)
        {
            // No such process: the answer, not a failure.
            return null;
        }
        // The second field is the program's name in parentheses and may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var isDead = fields[0] is "Z" or "X";
        return isDead ? null : fields[19];
    }

    private static string? FindStartByHandle(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // No such process: the answer, not a failure.
            return null;
        }
        catch (Win32Exception)
        {
            // It runs, but as another user who does not let us look: not ours to call dead.
            return Hidden;
        }
    }
}
