using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Grap.Servers.Installations;

/// <summary>
/// The process of a local server, bound to the life of this one: if this process ends in whatever way, so does the
/// server. How systems start, stop and bind processes differs, and all of that is here and in <see
/// cref="WindowsProcesses"/>.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    // Unix has no "end with my parent" that .NET could ask for, but it has pipes: the kernel closes ours however we
    // end. The shell script starts the server, which first says its process id, and watches the pipe: a line asks for
    // a clean stop, `release` leaves the server running for good, the end of the pipe kills, with all that it started:
    // each is stopped before its children are counted, so that it makes no more. Signals of the keyboard are ignored
    // (the server inherits that): Ctrl+C is for the owner, who then stops the server.
    private const string UnixScript = """
        trap '' INT QUIT HUP
        exec 3<&0 </dev/null
        /bin/sh -c 'echo "$$"; exec "$@"' grap-server "$@" 3<&- &
        server=$!
        children() {
          if [ ! -r "/proc/$1/stat" ]; then
            ps -A -o pid= -o ppid= | while read -r pid parent; do [ "$parent" = "$1" ] && echo "$pid"; done
            return
          fi
          for stat in /proc/[0-9]*/stat; do
            # Behind the name, which may hold anything: the state, then the parent.
            read -r line 2>/dev/null <"$stat" || continue
            after=${line##*) }; after=${after#* }
            [ "${after%% *}" = "$1" ] && echo "${line%% *}"
          done
        }
        end() {
          kill -STOP "$1"
          for child in $(children "$1"); do end "$child"; done
          kill -KILL "$1"
        }
        (
          while read -r line; do
            # The shell ends whoever watches by its number, so that number stays taken.
            [ "$line" = release ] && exec sleep 2147483647 </dev/null
            kill -TERM "$server"
          done
          end "$server"
        ) <&3 >/dev/null 2>&1 &
        watch=$!
        exec 3<&-
        wait "$server"; code=$?
        kill -KILL "$watch" 2>/dev/null
        exit "$code"
        """;

    private const int LinesKept = 2000;
    private static readonly TimeSpan s_shellsPatience = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly SafeHandle? _binding;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Action<string> _output;
    private readonly TaskCompletionSource<int> _serverId = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _startedAt;

    private ServerProcess(Process process, Action<string> output, TimeProvider time)
    {
        _process = process;
        _output = output;
        _startedAt = time.GetUtcNow();
        process.OutputDataReceived += (_, line) => ReceiveOutput(line.Data);
        process.ErrorDataReceived += (_, line) => Receive(line.Data);
        process.Start();
        _binding = OperatingSystem.IsWindows() ? WindowsProcesses.EndWithThisProcess(process) : null;
        if (OperatingSystem.IsWindows())
            _serverId.SetResult(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>True once the server has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it said when it ended: 0 for success.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The newest lines that it printed.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its current folder.</param>
    /// <param name="output">Called with each line that it prints, from another thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="variables">Its environment, beside this process's own.</param>
    public static ServerProcess Start(
        string program, IEnumerable<string> arguments, string folder, Action<string> output, TimeProvider time,
        params IEnumerable<(string Name, string Value)> variables)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = program;
        }
        else
        {
            start.FileName = "/bin/sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(UnixScript);
            start.ArgumentList.Add("grap-server");
            start.ArgumentList.Add(program);
        }
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // The owner's settings (NEO4J_AUTH among them) are none of the server's.
        foreach (var name in start.Environment.Keys.Where(IsOwnersSetting).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return new ServerProcess(new Process { StartInfo = start }, output, time);
    }

    /// <summary>The server's own process.</summary>
    public async Task<ProcessIdentity> IdentifyAsync(CancellationToken cancellation)
    {
        var id = await _serverId.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return new ProcessIdentity(id, _startedAt); // give or take what an identity tolerates
    }

    /// <summary>Asks the server to stop; it may take its time.</summary>
    public void RequestStop()
    {
        if (_process.HasExited)
            return;
        if (OperatingSystem.IsWindows())
        {
            WindowsProcesses.RequestStop(_process.Id);
            return;
        }
        try
        {
            Tell("stop");
        }
        catch (IOException) when (_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            // It ended by itself just before: what was asked for.
        }
    }

    /// <summary>Asks a server that was released, by whatever process, to stop; it may take its time.</summary>
    public static void RequestStop(Process released)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsProcesses.RequestStop(released.Id);
            return;
        }
        using var kill = Process.Start(
            "/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {released.Id}")]);
        kill.WaitForExit();
    }

    /// <summary>Lets the server go: it is bound to no process any more, and its output goes nowhere. In place of <see
    /// cref="Dispose"/>.</summary>
    public void Release()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                WindowsProcesses.Release(_binding!);
            else
                Tell("release");
        }
        catch (IOException) when (_process.WaitForExit(s_shellsPatience))
        {
            // It ended by itself just before: there is nobody to let go.
        }
        _binding?.Dispose();
        _process.Dispose();
    }

    /// <summary>Ends the server and everything that it started, at once.</summary>
    public void Kill()
    {
        if (_process.HasExited)
            return;
        if (!OperatingSystem.IsWindows())
        {
            // As if the owner were gone. The shell then waits for the server it killed: without that, where nobody else
            // does, an ended process keeps its id, and a next server takes it for a running one.
            _process.StandardInput.Close();
            if (_process.WaitForExit(s_shellsPatience))
                return;
        }
        _process.Kill(entireProcessTree: true);
    }

    /// <summary>Returns when the server has ended.</summary>
    public Task WaitForExitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>Kills the server if it still runs.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _binding?.Dispose();
        _process.Dispose();
    }

    private void Tell(string word)
    {
        _process.StandardInput.WriteLine(word);
        _process.StandardInput.Flush();
    }

    private static bool IsOwnersSetting(string name) => name.StartsWith("NEO4J_", StringComparison.OrdinalIgnoreCase);

    // The first line is the server's process id.
    private void ReceiveOutput(string? line)
    {
        if (_serverId.Task.IsCompleted)
            Receive(line);
        else if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            _serverId.TrySetResult(id);
        else
            _serverId.TrySetException(new EndOfStreamException("The shell did not start the server."));
    }

    private void Receive(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
        _output(line);
    }
}
