using System.Management.Automation;
using Grap.PowerShell.Running;
using Xunit;

namespace Grap.Tests.Unit.PowerShell;

/// <summary>A command whose work a test controls.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Work", SupportsShouldProcess = true)]
public sealed class WorkCommand : GrapCommand
{
    [Parameter(Position = 0)]
    public object? Work { get; set; }

    protected override void Process() => Run(((WorkHolder)PSObject.AsPSObject(Work).BaseObject).Work);
}

internal sealed record WorkHolder(Func<PipelineWorker, Task> Work);

public sealed class PipelineTests : IDisposable
{
    private readonly PowerShellSession _session = new(typeof(WorkCommand));

    public void Dispose() => _session.Dispose();

    private static PSDataCollection<PSObject> Invoke(System.Management.Automation.PowerShell shell)
    {
        var output = new PSDataCollection<PSObject>();
        shell.Invoke(null, output);
        return output;
    }

    private System.Management.Automation.PowerShell Script(string text, Func<PipelineWorker, Task> work)
    {
        var shell = _session.Script(text);
        shell.Runspace.SessionStateProxy.SetVariable("work", new WorkHolder(work));
        return shell;
    }

    [Fact]
    public void Everything_posted_arrives_in_order_on_its_stream()
    {
        var shell = Script("$DebugPreference = 'Continue'; Test-Work $work -Verbose", async worker =>
        {
            worker.Verbose("a");
            worker.Output(1);
            await Task.Yield();
            worker.Warning("b");
            worker.Debug("c");
            worker.Progress(new ProgressRecord(1, "d", "e"));
            worker.Error(ErrorRecords.From(new GrapException(GrapCondition.BackupNotFound, "f", "g", "h")));
            for (var i = 2; i <= 1000; i++)
                worker.Output(i);
        });
        var output = Invoke(shell);
        Assert.Equal(Enumerable.Range(1, 1000), output.Select(value => (int)value.BaseObject));
        Assert.Equal("a", shell.Streams.Verbose.Single().Message);
        Assert.Equal("b", shell.Streams.Warning.Single().Message);
        Assert.Equal("c", shell.Streams.Debug.Single().Message);
        Assert.Equal("d", shell.Streams.Progress.Single().Activity);
        var error = shell.Streams.Error.Single();
        Assert.Equal($"BackupNotFound,{typeof(WorkCommand).FullName}", error.FullyQualifiedErrorId);
        Assert.Equal("g", error.ErrorDetails.RecommendedAction);
        Assert.Equal("h", error.TargetObject);
    }

    [Fact]
    public async Task Progress_that_comes_too_late_goes_nowhere()
    {
        PipelineWorker? ended = null;
        Invoke(Script("Test-Work $work", worker =>
        {
            ended = worker;
            return Task.CompletedTask;
        }));
        ended!.Progress(new ProgressRecord(1, "a", "b"));

        using var stopping = new CancellationTokenSource();
        using var stopped = new PipelineWorker(stopping.Token);
        await stopping.CancelAsync();
        stopped.Progress(new ProgressRecord(1, "a", "b"));
        Assert.Throws<OperationCanceledException>(() => stopped.Verbose("c"));
    }

    [Fact]
    public void A_failure_of_the_work_is_a_terminating_error_with_the_condition_as_its_id()
    {
        var shell = Script("try { Test-Work $work; 'went on' } finally { }", _ => throw new GrapException(GrapCondition.RepositoryLocked, "held", "wait"));
        Assert.Empty(Invoke(shell));
        var error = Assert.Single(shell.Streams.Error);
        Assert.Equal($"RepositoryLocked,{typeof(WorkCommand).FullName}", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
    }

    [Fact]
    public void A_failure_that_nobody_foresaw_is_called_so()
    {
        var shell = Script("try { Test-Work $work; 'went on' } finally { }", _ => throw new InvalidOperationException("oh"));
        Invoke(shell);
        Assert.Equal($"UnexpectedError,{typeof(WorkCommand).FullName}", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId);
    }

    [Fact]
    public void Stopping_cancels_the_work_and_waits_until_it_has_ended()
    {
        using var started = new ManualResetEventSlim();
        var ended = false;
        var shell = Script("Test-Work $work", async worker =>
        {
            started.Set();
            try
            {
                await Task.Delay(Timeout.Infinite, worker.Cancellation);
            }
            finally
            {
                Thread.Sleep(200);
                ended = true;
            }
        });
        shell.BeginInvoke();
        Assert.True(started.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        shell.Stop();
        Assert.True(ended);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void Work_that_floods_a_stopped_pipeline_ends()
    {
        using var started = new ManualResetEventSlim();
        var ended = false;
        var shell = Script("Test-Work $work | ForEach-Object { while ($true) { [Threading.Thread]::Sleep(10) } }", worker =>
        {
            started.Set();
            try
            {
                for (var i = 0; ; i++)
                    worker.Output(i);
            }
            finally
            {
                ended = true;
            }
        });
        shell.BeginInvoke();
        Assert.True(started.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        shell.Stop();
        Assert.True(ended);
    }

    [Fact]
    public void A_pipeline_that_wants_no_more_ends_the_work_and_is_no_error()
    {
        var ended = false;
        var shell = Script("$n = 0; foreach ($once in 1) { Test-Work $work | ForEach-Object { $_; if (++$n -eq 2) { break } } }", worker =>
        {
            try
            {
                for (var i = 0; ; i++)
                    worker.Output(i);
            }
            finally
            {
                ended = true;
            }
        });
        Assert.Equal([0, 1], Invoke(shell).Select(value => (int)value.BaseObject));
        Assert.True(ended);
        Assert.False(shell.HadErrors);
    }

    [Fact]
    public void A_slow_pipeline_slows_the_work_down()
    {
        var made = 0;
        var shell = Script("foreach ($once in 1) { Test-Work $work | ForEach-Object { $_; break } }", worker =>
        {
            for (var i = 0; i < 100_000; i++, made++)
                worker.Output(i);
            return Task.CompletedTask;
        });
        Invoke(shell);
        Assert.InRange(made, 1, 1000);
    }

    [Theory]
    [InlineData("Test-Work $work", true)]
    [InlineData("Test-Work $work -WhatIf", false)]
    [InlineData("$WhatIfPreference = $true; Test-Work $work", false)]
    public void A_question_of_the_work_is_answered_by_the_pipeline(string script, bool answer)
    {
        var shell = Script(script, async worker => worker.Output(await worker.ShouldProcessAsync("it", "do")));
        Assert.Equal(answer, Assert.Single(Invoke(shell)).BaseObject);
    }

    [Fact]
    public void Progress_is_shown_ten_times_a_second_at_most_and_always_ended()
    {
        var time = new SteppedTime();
        var shell = Script("Test-Work $work", worker =>
        {
            using var progress = new ProgressRelay(worker, time);
            for (var i = 0; i < 1000; i++)
            {
                progress.Report(new WorkProgress("Backing up", $"{i}", i / 1000.0));
                time.Step(TimeSpan.FromMilliseconds(1));
            }
            return Task.CompletedTask;
        });
        Invoke(shell);
        var records = shell.Streams.Progress.ToArray();
        Assert.Equal(11, records.Length);
        Assert.Equal("100", records[1].StatusDescription);
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
        Assert.Equal(records.Length, records.Distinct().Count());
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public void Step(TimeSpan span) => _ticks += span.Ticks;

        public override long GetTimestamp() => _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
