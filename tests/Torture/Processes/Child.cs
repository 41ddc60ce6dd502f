using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Grap.Tests.Torture.Failpoints;

namespace Grap.Tests.Torture.Processes;

/// <summary>A process of this program that works on a repository, as seen by the one that started it.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly string _note;
    private readonly Channel<string[]> _answers = Channel.CreateUnbounded<string[]>();
    private readonly Task _reading;

    private Child(Process process, string note)
    {
        (_process, _note) = (process, note);
        _reading = ReadAsync();
    }

    /// <summary>Starts one, which connects to the server and then waits for orders.</summary>
    public static Child Start(ChildArguments arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(TortureProgram.Path);
        foreach (var word in arguments.ToWords())
            start.ArgumentList.Add(word);
        return new Child(Process.Start(start)!, arguments.Note);
    }

    /// <summary>The process, to send signals to.</summary>
    public Process Process => _process;

    /// <summary>Whether it was ended by a signal, and did not end by itself.</summary>
    public bool WasKilled => _process.ExitCode != 0;

    /// <summary>Where it was when it ended.</summary>
    public LastStep LastStep => StepNote.Read(_note);

    public void Arm(Failpoint failpoint)
    {
        var occurrence = failpoint.Occurrence.ToString(CultureInfo.InvariantCulture);
        Order(ChildWord.Arm, failpoint.Step, occurrence, failpoint.Action.ToString());
    }

    public void Order(params string[] words)
    {
        try
        {
            _process.StandardInput.Write(string.Join('\t', words) + "\n");
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It was killed at an order before this one.
        }
    }

    /// <summary>The next thing it says; null when it has ended.</summary>
    public async Task<string[]?> HearAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        try
        {
            return await _answers.Reader.WaitToReadAsync(patience.Token)
                ? await _answers.Reader.ReadAsync(patience.Token)
                : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new Violation(
                $"A process said nothing for {s_patience.TotalMinutes} minutes; its last step was '{LastStep.Step}'.");
        }
    }

    /// <summary>Hears everything up to and with an answer that begins with one of <paramref name="words"/>.</summary>
    public async Task<List<string[]>> HearUntilAsync(CancellationToken cancellation, params string[] words)
    {
        var heard = new List<string[]>();
        while (await HearAsync(cancellation) is { } answer)
        {
            heard.Add(answer);
            if (words.Contains(answer[0], StringComparer.Ordinal))
                return heard;
        }
        return heard;
    }

    /// <summary>Tells it to end after what it was ordered to do, and hears the rest.</summary>
    public async Task<List<string[]>> EndAsync(CancellationToken cancellation)
    {
        _process.StandardInput.Close();
        var heard = await HearUntilAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return heard;
    }

    /// <summary>SIGKILL. Returns what it had said before that was not heard yet.</summary>
    public async Task<List<string[]>> KillAsync(CancellationToken cancellation)
    {
        _process.Kill();
        var heard = await HearUntilAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return heard;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        File.Delete(_note);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            _answers.Writer.TryWrite(line.Split('\t'));
        _answers.Writer.Complete();
    }
}
