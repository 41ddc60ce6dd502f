using System.Diagnostics;
using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class CancellationTests
{
    [Fact]
    public async Task Cancelling_a_query_sends_RESET_while_the_server_works_and_keeps_the_connection()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.ExpectAsync(ServerEnd.Reset);
            await end.FailureAsync("Neo.TransientError.Transaction.Terminated");
            await end.IgnoredAsync();
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [7]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await CancelAsync(token => connection.RunAsync(new BoltQuery("x"), token).AsTask());

        Assert.True(connection.IsOpen);
        await using var cursor = await connection.RunAsync(new BoltQuery("x"));
        Assert.True(await cursor.ReadAsync());
        Assert.Equal([7L], cursor.Values);
    }

    [Fact]
    public async Task Cancelling_between_records_takes_what_was_on_its_way()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.RecordAsync(1);
            await end.SendAsync(0x00, 0x04, 0xB1, 0x71); // half a record
            await end.ExpectAsync(ServerEnd.Reset);
            await end.SendAsync(0x91, 0x02, 0x00, 0x00);
            await end.RecordAsync(3);
            await end.IgnoredAsync();
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [7]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var cursor = await connection.RunAsync(new BoltQuery("x") { FetchSize = -1 });
        Assert.True(await cursor.ReadAsync());
        await CancelAsync(token => cursor.ReadAsync(token).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cursor.ReadAsync());
        await cursor.DisposeAsync();

        Assert.True(connection.IsOpen);
        await using var next = await connection.RunAsync(new BoltQuery("x"));
        Assert.True(await next.ReadAsync());
        Assert.Equal([7L], next.Values);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_RESET_is_left_within_a_second()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.ExpectAsync(ServerEnd.Reset);
            await end.ExpectClosedAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var watch = Stopwatch.StartNew();
        await CancelAsync(token => connection.RunAsync(new BoltQuery("x"), token).AsTask());

        Assert.False(connection.IsOpen);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.7, 4);
    }

    [Fact]
    public async Task A_server_that_takes_no_more_of_a_request_is_left_within_a_second()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.StallAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var query = BoltQuery.Create("x", ("b", new byte[64 << 20]));
        await CancelAsync(token => connection.RunAsync(query, token).AsTask());

        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task What_is_cancelled_before_it_begins_sends_nothing()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.AnswerAsync(["a"], [7]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await connection.RunAsync(new BoltQuery("no"), cancelled));
        await using var cursor = await connection.RunAsync(new BoltQuery("yes"));

        Assert.True(await cursor.ReadAsync());
    }

    [Fact]
    public async Task Cancelling_at_any_moment_leaves_a_connection_that_is_clean_or_closed()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            var pending = 0;
            while (true)
            {
                var request = await end.ReceiveAsync();
                if (request.Tag == ServerEnd.Goodbye)
                    return;
                if (request.Tag == ServerEnd.Pull)
                {
                    for (var i = 0; i < 50; i++)
                        await end.RecordAsync(pending, i);
                }
                await end.SuccessAsync(("fields", new[] { "a", "b" }));
                if (request.Tag == ServerEnd.Run)
                    pending = (int)(long)request.Map(1)["n"]!;
            }
        });
        await using var driver = server.Driver();
        var random = new Random(7);
        var cancelledOnes = 0;
        for (var n = 0; n < 200; n++)
        {
            await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Next(3000)));
            try
            {
                await using var cursor = await connection.RunAsync(
                    BoltQuery.Create("x", ("n", n)) with { FetchSize = -1 }, cancellation.Token);
                for (var i = 0; await cursor.ReadAsync(cancellation.Token); i++)
                    Assert.Equal([(long)n, (long)i], cursor.Values); // Never a record of the query before.
            }
            catch (OperationCanceledException)
            {
                cancelledOnes++;
            }
        }
        Assert.True(cancelledOnes > 0);
        Assert.Equal(1, server.Connections);
    }

    /// <summary>Cancels a call when it has begun and waits.</summary>
    private static async Task CancelAsync(Func<CancellationToken, Task> call)
    {
        using var cancellation = new CancellationTokenSource();
        var begun = call(cancellation.Token);
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => begun);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
    }
}
