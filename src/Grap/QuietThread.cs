using System.Runtime.InteropServices;

namespace Grap;

/// <summary>Work that takes what processor time others leave: a copy is made beside the server that it copies.</summary>
internal static partial class QuietThread
{
    // Against a thread of ordinary priority that wants the same core it gets a tenth of it, so that work comes to its end
    // beside a server that is never idle.
    private const int Niceness = 10;

    /// <summary>Does <paramref name="work"/> on a thread of its own, as the priority of one cannot be raised
    /// again.</summary>
    public static Task RunAsync(string name, Action work)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            GiveWay();
            try
            {
                work();
                end.SetResult();
            }
            catch (OperationCanceledException canceled)
            {
                end.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception failure)
            {
                end.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return end.Task;
    }

    private static void GiveWay()
    {
        // Only Windows heeds the priority of a .NET thread. Refused where the process has given way more than this
        // already.
        if (OperatingSystem.IsLinux())
            _ = NativeSetPriority(which: 0, who: 0, Niceness);
        else
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    /// <summary>On Linux a process that is 0 is the calling thread.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeSetPriority(int which, uint who, int priority);
}
