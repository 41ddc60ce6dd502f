using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Grap.Servers.Control;

/// <summary>
/// A program that stops or starts a server, run to its end. Its arguments reach it as they are, without a shell that
/// would read them; what it prints is kept for the message of a failure. It gets no credentials: not as arguments, and
/// <c>NEO4J_AUTH</c> is taken out of its environment.
/// </summary>
/// <param name="Program">The program, by its path or by a name to be looked for in <c>PATH</c>.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ControlCommand(string Program, params string[] Arguments)
{
    private const int LinesKept = 12;
    private const int LongestLine = 400;
    private const string Secret = "NEO4J_AUTH";

    // A server that the program leaves behind inherits all of this: signals of the keyboard are ignored, so that Ctrl+C
    // in this terminal is not for it, and what it prints goes into a file, since a pipe would end with this process.
    private const string UnixScript = """
        trap '' INT QUIT HUP
        exec "$@" </dev/null >"$0" 2>&1
        """;

    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    /// <summary>Its environment, beside this process's own.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>How long it may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Runs it.</summary>
    /// <param name="purpose">What it is for, as <c>stop the server</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it, not what it has started.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.ServerControlFailed"/>: there is no such program, it
    /// ended with another code than 0, or took too long and was ended.</exception>
    public async Task RunAsync(string purpose, TimeProvider time, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var output = OperatingSystem.IsWindows() ? new PipedOutput() : (ControlOutput)new FileOutput();
        using var process = new Process { StartInfo = output.Redirect(StartInfo(output)), EnableRaisingEvents = true };
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.TrySetResult();
        try
        {
            process.Start();
        }
        catch (Win32Exception missing)
        {
            throw Failure(purpose, $"cannot be run: {missing.Message}", missing);
        }
        output.Begin(process);
        try
        {
            // Not Process.WaitForExitAsync, which waits for the end of what a server left behind prints.
            await exited.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellation.ThrowIfCancellationRequested();
            throw Failure(purpose, string.Create(CultureInfo.InvariantCulture,
                $"did not end within {Limit.TotalSeconds:0} seconds.{output.Explain()}"));
        }
        if (process.ExitCode != 0)
        {
            throw Failure(purpose, string.Create(CultureInfo.InvariantCulture,
                $"ended with code {process.ExitCode}.{output.Explain()}"));
        }
    }

    private ProcessStartInfo StartInfo(ControlOutput output)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, CreateNoWindow = true };
        if (output is FileOutput file)
        {
            start.FileName = "/bin/sh";
            foreach (var word in (string[])["-c", UnixScript, file.Path, Program])
                start.ArgumentList.Add(word);
        }
        else
        {
            start.FileName = Program;
        }
        foreach (var argument in Arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove(Secret);
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        return start;
    }

    private GrapException Failure(string purpose, string what, Exception? inner = null) => new(
        GrapCondition.ServerControlFailed, $"'{Program}', which is to {purpose}, {what}",
        "Run the same command by hand as the user that runs Grap, correct what it complains about, then try again.",
        Program, inner);

    private abstract class ControlOutput : IDisposable
    {
        public abstract ProcessStartInfo Redirect(ProcessStartInfo start);

        public abstract void Begin(Process process);

        public abstract void Dispose();

        /// <summary>The last lines, as a sentence to append; empty where there are none.</summary>
        public string Explain()
        {
            var said = Lines().Select(static line => line.Trim()).Where(static line => line.Length > 0)
                .TakeLast(LinesKept)
                .Select(static line => line.Length > LongestLine ? line[..LongestLine] + "…" : line)
                .ToList();
            return said.Count == 0 ? "" : " It said:\n  " + string.Join("\n  ", said);
        }

        protected abstract IEnumerable<string> Lines();
    }

    private sealed class FileOutput : ControlOutput
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public override ProcessStartInfo Redirect(ProcessStartInfo start) => start;

        public override void Begin(Process process)
        {
            // The shell has the file.
        }

        // Whoever still writes to it goes on writing to a file without a name.
        public override void Dispose() => File.Delete(Path);

        protected override IEnumerable<string> Lines() => File.ReadLines(Path);
    }

    private sealed class PipedOutput : ControlOutput
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly CountdownEvent _ends = new(2);

        public override ProcessStartInfo Redirect(ProcessStartInfo start)
        {
            start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
            return start;
        }

        public override void Begin(Process process)
        {
            process.OutputDataReceived += (_, line) => Receive(line.Data);
            process.ErrorDataReceived += (_, line) => Receive(line.Data);
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public override void Dispose() => _ends.Dispose();

        protected override IEnumerable<string> Lines()
        {
            _ends.Wait(s_lastWords);
            return _lines;
        }

        private void Receive(string? line)
        {
            if (line is not null)
                _lines.Enqueue(line);
            else
                _ends.Signal();
        }
    }
}
