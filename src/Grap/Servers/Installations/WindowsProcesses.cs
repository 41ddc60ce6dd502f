using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Grap.Servers.Installations;

/// <summary>What only Windows knows about processes.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsProcesses
{
    private const int ExtendedLimitInformation = 9;
    private const uint LimitKillOnJobClose = 0x2000;

    /// <summary>Puts a process, and all that it starts, into a job that ends when its last handle is closed: ours,
    /// which Windows closes however this process ends.</summary>
    public static SafeHandle EndWithThisProcess(Process process)
    {
        var job = CreateJobObject(0, 0);
        if (job.IsInvalid
            || !Limit(job, LimitKillOnJobClose)
            || !AssignProcessToJobObject(job, process.SafeHandle))
        {
            var error = new Win32Exception();
            job.Dispose();
            process.Kill();
            throw error;
        }
        return job;
    }

    /// <summary>Has the processes of a job live on when it is closed.</summary>
    public static void Release(SafeHandle job)
    {
        if (!Limit(job, 0))
            throw new Win32Exception();
    }

    private static bool Limit(SafeHandle job, uint flags)
    {
        var limits = default(ExtendedLimits);
        limits.Basic.LimitFlags = flags;
        return SetInformationJobObject(
            job, ExtendedLimitInformation, in limits, (uint)Marshal.SizeOf<ExtendedLimits>());
    }

    /// <summary>
    /// Sends Ctrl+C to the console of a process, which a Java machine takes as a request to shut down. Windows sends
    /// it only to the sender's own console, and this process needs its own; so a short-lived helper joins the other
    /// console and sends it.
    /// </summary>
    public static void RequestStop(int processId)
    {
        var script = $$"""
            $console = Add-Type -PassThru -Name Native -Namespace Console -MemberDefinition @'
            [DllImport("kernel32")] public static extern bool FreeConsole();
            [DllImport("kernel32")] public static extern bool AttachConsole(uint process);
            [DllImport("kernel32")] public static extern bool SetConsoleCtrlHandler(System.IntPtr handler, bool add);
            [DllImport("kernel32")] public static extern bool GenerateConsoleCtrlEvent(uint kind, uint group);
            '@
            $null = $console::FreeConsole()
            if ($console::AttachConsole({{processId.ToString(CultureInfo.InvariantCulture)}})) {
                $null = $console::SetConsoleCtrlHandler([System.IntPtr]::Zero, $true)
                $null = $console::GenerateConsoleCtrlEvent(0, 0)
            }
            """;
        var start = new ProcessStartInfo("powershell.exe") { CreateNoWindow = true, UseShellExecute = false };
        foreach (var argument in new[] { "-NoProfile", "-NonInteractive", "-EncodedCommand" })
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add(Convert.ToBase64String(Encoding.Unicode.GetBytes(script)));
        using var helper = Process.Start(start);
        helper?.WaitForExit();
    }

    [LibraryImport("kernel32", EntryPoint = "CreateJobObjectW", SetLastError = true)]
    private static partial SafeFileHandle CreateJobObject(nint security, nint name);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetInformationJobObject(
        SafeHandle job, int kind, in ExtendedLimits limits, uint length);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AssignProcessToJobObject(SafeHandle job, SafeHandle process);

    // JOBOBJECT_BASIC_LIMIT_INFORMATION
    [StructLayout(LayoutKind.Sequential)]
    private struct BasicLimits
    {
        public long PerProcessUserTimeLimit;
        public long PerJobUserTimeLimit;
        public uint LimitFlags;
        public nuint MinimumWorkingSetSize;
        public nuint MaximumWorkingSetSize;
        public uint ActiveProcessLimit;
        public nuint Affinity;
        public uint PriorityClass;
        public uint SchedulingClass;
    }

    // JOBOBJECT_EXTENDED_LIMIT_INFORMATION, with IO_COUNTERS (six 64-bit counters) in the middle
    [StructLayout(LayoutKind.Sequential)]
    private struct ExtendedLimits
    {
        public BasicLimits Basic;
        public ulong ReadOperations;
        public ulong WriteOperations;
        public ulong OtherOperations;
        public ulong ReadBytes;
        public ulong WriteBytes;
        public ulong OtherBytes;
        public nuint ProcessMemoryLimit;
        public nuint JobMemoryLimit;
        public nuint PeakProcessMemoryUsed;
        public nuint PeakJobMemoryUsed;
    }
}
