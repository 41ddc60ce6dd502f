using Grap.Bolt;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

/// <summary>A reader that takes nothing for a long time, because what it writes to does not.</summary>
public sealed class StalledReaderTests
{
    private const int Records = 1024;

    [Fact]
    public async Task The_server_waits_nothing_is_hoarded_and_no_record_is_lost()
    {
        var content = new byte[64 << 10];
        var sent = 0;
        var awaited = new TaskCompletionSource();
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await awaited.Task;
            await end.SuccessAsync(("fields", new[] { "i", "v" }));
            for (var i = 0; i < Records; i++)
            {
                await end.RecordAsync(i, content);
                Interlocked.Increment(ref sent);
            }
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [1]);
            await end.IdleAsync();
        });
        var time = new FakeTime();
        await using var driver = server.Driver(
            settings: new BoltSettings { ReadTimeout = TimeSpan.FromSeconds(10), Time = time });
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        // Once the answer is awaited, so that the limit for silence has been set.
        var running = connection.RunAsync(new BoltQuery("x") { FetchSize = -1 }).AsTask();
        awaited.SetResult();
        await using var cursor = await running;
        Assert.True(await cursor.ReadAsync());
        Assert.Equal(0L, cursor.Values[0]);

        await UntilItStandsAsync(() => Volatile.Read(ref sent));
        // The sockets hold some megabytes; 64 were to come.
        Assert.InRange(Volatile.Read(ref sent), 0, Records - 1);
        // It is not the server that is silent.
        time.Advance(TimeSpan.FromHours(1));

        for (var i = 1L; i < Records; i++)
        {
            Assert.True(await cursor.ReadAsync());
            Assert.Equal(i, cursor.Values[0]);
        }
        Assert.False(await cursor.ReadAsync());
        await using var next = await connection.RunAsync(new BoltQuery("x"));
        Assert.True(await next.ReadAsync());
        Assert.Equal(1, server.Connections);
    }

    private static async Task UntilItStandsAsync(Func<int> count)
    {
        for (var (before, now) = (-1, count()); before != now; (before, now) = (now, count()))
            await Task.Delay(TimeSpan.FromMilliseconds(50));
    }
}
