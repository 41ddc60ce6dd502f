using System.Collections.Concurrent;
using System.Management.Automation;

namespace Grap.PowerShell.Running;

/// <summary>
/// The work of one cmdlet call, on a thread of its own, and its way back to the pipeline. PowerShell allows output,
/// messages and questions only on the pipeline thread, so the work posts each of them and the pipeline thread carries
/// them out, one by one and in order.
/// </summary>
/// <remarks>The queue is bounded: a slow pipeline slows the work instead of filling memory. 64 is enough to keep both
/// sides busy.</remarks>
internal sealed class PipelineWorker : IDisposable
{
    private readonly BlockingCollection<Action<Cmdlet>> _messages = new(boundedCapacity: 64);
    private readonly CancellationTokenSource _cancellation;

    public PipelineWorker(CancellationToken stopping) =>
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    /// <summary>Cancelled by Ctrl+C, and when the rest of the pipeline wants no more output.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Runs the work, and everything it posts on the calling thread. Returns or throws only after the work has
    /// ended.</summary>
    public void Run(Cmdlet cmdlet, Func<PipelineWorker, Task> work)
    {
        var running = Task.Run(() => RunAsync(work));
        try
        {
            foreach (var message in _messages.GetConsumingEnumerable())
                message(cmdlet);
        }
        catch
        {
            // Ctrl+C, Select-Object -First, -ErrorAction Stop, or a downstream command that failed: wait for the work,
            // hear no more of it.
            _cancellation.Cancel();
            foreach (var _ in _messages.GetConsumingEnumerable()) { }
            running.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
            throw;
        }
        running.GetAwaiter().GetResult();
    }

    public void Output(object value) => Post(cmdlet => cmdlet.WriteObject(value));

    public void Error(ErrorRecord error) => Post(cmdlet => cmdlet.WriteError(error));

    public void Warning(string text) => Post(cmdlet => cmdlet.WriteWarning(text));

    public void Verbose(string text) => Post(cmdlet => cmdlet.WriteVerbose(text));

    public void Debug(string text) => Post(cmdlet => cmdlet.WriteDebug(text));

    /// <summary>Posts a record that nobody changes afterwards. After the pipeline has stopped it goes nowhere: timers tell
    /// progress, and what they throw ends the process.</summary>
    public void Progress(ProgressRecord record) => PostIfHeard(cmdlet => cmdlet.WriteProgress(record));

    /// <summary>Asks whether to act (<c>-WhatIf</c>, <c>-Confirm</c>) and waits for the answer.</summary>
    public Task<bool> ShouldProcessAsync(string target, string action)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(cmdlet => answer.SetResult(cmdlet.ShouldProcess(target, action)));
        // No answer comes once the pipeline has stopped.
        return answer.Task.WaitAsync(Cancellation);
    }

    /// <summary>Posts a line for the host to show. After the pipeline has stopped it goes nowhere: what writes a log
    /// while it puts things in order must not stumble over that.</summary>
    public void HostLine(string line) => PostIfHeard(cmdlet => HostLines.Write(cmdlet, line));

    /// <summary>Runs a user's script on the pipeline thread and waits for it. What the script throws becomes a
    /// <see cref="GrapException"/> with HookFailed.</summary>
    public Task InvokeAsync(Action<Cmdlet> script)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(cmdlet =>
        {
            try
            {
                script(cmdlet);
                done.SetResult();
            }
            catch (RuntimeException failure) when (failure is not PipelineStoppedException)
            {
                done.SetException(new GrapException(GrapCondition.HookFailed,
                    $"The script block failed: {failure.Message}", "Correct the script block.", inner: failure));
            }
        });
        return done.Task.WaitAsync(Cancellation);
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _messages.Dispose();
    }

    private void Post(Action<Cmdlet> message) => _messages.Add(message, Cancellation);

    private void PostIfHeard(Action<Cmdlet> message)
    {
        try
        {
            Post(message);
        }
        catch (Exception late) when (late is OperationCanceledException or InvalidOperationException)
        {
            // Stopped; or ended, or even disposed of.
        }
    }

    private async Task RunAsync(Func<PipelineWorker, Task> work)
    {
        try
        {
            await work(this).ConfigureAwait(false);
        }
        finally
        {
            _messages.CompleteAdding();
        }
    }
}
