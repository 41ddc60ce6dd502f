using Xunit;

namespace Grap.Tests.Unit;

public sealed class QuietThreadTests
{
    [Fact]
    public async Task Work_gives_way_and_whoever_waits_for_it_does_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the niceness of a thread.");
        var (before, work, after) = (0, 0, 0);
        var caller = new Thread(() =>
        {
            before = Niceness();
            QuietThread.RunAsync("test", () => work = Niceness()).GetAwaiter().GetResult();
            after = Niceness();
        });
        caller.Start();
        await Task.Run(caller.Join, TestContext.Current.CancellationToken);

        Assert.Equal((Math.Max(before, 10), before), (work, after));
    }

    [Fact]
    public async Task What_ends_the_work_arrives()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => QuietThread.RunAsync("test", () => throw new TimeoutException()));
        await Assert.ThrowsAsync<TaskCanceledException>(
            () => QuietThread.RunAsync("test", stopped.Token.ThrowIfCancellationRequested));
    }

    // The nineteenth word; the second is a name in brackets, which may have spaces.
    private static int Niceness()
    {
        var text = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }
}
