using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Grap.Tests.Torture.Processes;

/// <summary>Suspends and resumes a process on Linux and macOS. .NET sends no such signals.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Signals
{
    // Numbers of <signal.h>.
    private static readonly int s_stop = OperatingSystem.IsMacOS() ? 17 : 19;
    private static readonly int s_continue = OperatingSystem.IsMacOS() ? 19 : 18;

    public static void Suspend(Process process) => Send(process, s_stop);

    public static void Resume(Process process) => Send(process, s_continue);

    private static void Send(Process process, int signal)
    {
        if (Kill(process.Id, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
