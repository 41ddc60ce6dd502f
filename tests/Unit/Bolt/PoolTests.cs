using Grap.Bolt;
using Grap.Bolt.Wire;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class PoolTests
{
    private static readonly Func<ServerEnd, Task> _idle = async end =>
    {
        await end.LogInAsync();
        await end.IdleAsync();
    };

    [Fact]
    public async Task A_connection_given_back_is_used_again()
    {
        await using var server = new ScriptedServer(_idle);
        await using var driver = server.Driver();
        for (var i = 0; i < 3; i++)
            await (await driver.AcquireAsync(BoltAccessMode.Read)).DisposeAsync();

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_connection_given_back_cannot_be_used_through_the_old_lease()
    {
        await using var server = new ScriptedServer(_idle);
        await using var driver = server.Driver();
        var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await connection.DisposeAsync();
        await connection.DisposeAsync();

        Assert.False(connection.IsOpen);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await connection.RunAsync(new BoltQuery("x")));
        using var buffer = new NativeBuffer(10);
        connection.Recycle(buffer);
        Assert.Equal(0, buffer.Capacity);
    }

    [Fact]
    public async Task A_timer_that_comes_late_does_not_close_a_connection_that_is_in_use_again()
    {
        await using var server = new ScriptedServer(_idle);
        var late = new LateTimer();
        await using var driver = server.Driver(settings: new() { LivenessCheckAfter = TimeSpan.Zero, Time = late });
        await (await driver.AcquireAsync(BoltAccessMode.Read)).DisposeAsync();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);

        Assert.True(late.Started > 0, "Nothing limited the RESET.");
        late.Fire();

        Assert.True(connection.IsOpen);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task When_all_are_in_use_the_wait_ends_with_its_time()
    {
        await using var server = new ScriptedServer(_idle);
        await using var driver = server.Driver(settings: new()
        {
            MaxConnections = 2, AcquireTimeout = TimeSpan.FromMilliseconds(100),
        });
        await using var first = await driver.AcquireAsync(BoltAccessMode.Read);
        await using (await driver.AcquireAsync(BoltAccessMode.Read))
        {
            var failure = await Assert.ThrowsAsync<BoltException>(
                async () => await driver.AcquireAsync(BoltAccessMode.Read));
            Assert.Equal(BoltErrorKind.PoolExhausted, failure.Kind);
        }
        await using var third = await driver.AcquireAsync(BoltAccessMode.Read);
        Assert.True(third.IsOpen);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Cancelled_and_failed_borrowing_loses_no_place()
    {
        // Every third connection is refused, every fifth stalls.
        var count = 0;
        await using var server = new ScriptedServer(async end =>
        {
            var n = Interlocked.Increment(ref count);
            if (n % 3 == 0)
                return;
            if (n % 5 == 0)
                await end.StallAsync();
            await _idle(end);
        });
        await using var driver = server.Driver(settings: new()
        {
            MaxConnections = 3, AcquireTimeout = TimeSpan.FromSeconds(30), ConnectTimeout = TimeSpan.FromSeconds(30),
        });
        var random = new Random(3);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                int wait, hold;
                lock (random)
                    (wait, hold) = (random.Next(1, 15), random.Next(3));
                using var cancellation = new CancellationTokenSource(wait);
                try
                {
                    await using var connection =
                        await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation.Token);
                    if (hold == 0)
                        connection.Channel.Abort();
                    await Task.Delay(hold);
                }
                catch (Exception e) when (e is OperationCanceledException or BoltException)
                {
                    Assert.False(e is BoltException { Kind: BoltErrorKind.PoolExhausted });
                }
            }
        })));

        // All three places are still there.
        var held = new List<BoltConnection>();
        while (held.Count < 3)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                held.Add(await driver.AcquireAsync(BoltAccessMode.Read, cancellation: limit.Token));
            }
            catch (Exception e) when (e is BoltException { Kind: BoltErrorKind.ConnectionLost } or OperationCanceledException)
            {
                Assert.True(count < 1000);
            }
        }
        foreach (var connection in held)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_while_idle_is_replaced()
    {
        var closed = new TaskCompletionSource();
        await using var server = new ScriptedServer(
            async end =>
            {
                await end.LogInAsync();
                end.Close();
                closed.SetResult();
            },
            _idle);
        await using var driver = server.Driver();
        await (await driver.AcquireAsync(BoltAccessMode.Read)).DisposeAsync();
        await closed.Task;
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);

        Assert.True(connection.IsOpen);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_connection_idle_for_long_is_tested_before_it_is_used()
    {
        var resets = 0;
        await using var server = new ScriptedServer(
            async end =>
            {
                await end.LogInAsync();
                await end.ExpectAsync(ServerEnd.Reset);
                resets++;
                await end.SuccessAsync();
                await end.ExpectAsync(ServerEnd.Reset);
                resets++; // and no answer: it hangs
                await end.StallAsync();
            },
            _idle);
        await using var driver = server.Driver(settings: new() { LivenessCheckAfter = TimeSpan.Zero });
        for (var i = 0; i < 3; i++)
            await (await driver.AcquireAsync(BoltAccessMode.Read)).DisposeAsync();

        Assert.Equal(2, resets);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_transaction_left_open_is_rolled_back_when_the_connection_is_given_back()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Begin);
            await end.SuccessAsync();
            await end.ExpectAsync(ServerEnd.Reset);
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [1]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using (var connection = await driver.AcquireAsync(BoltAccessMode.Write))
            await connection.BeginAsync(new BoltQuery(""));
        await using var next = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await next.RunAsync(new BoltQuery("x"));

        Assert.True(await cursor.ReadAsync());
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Disposing_the_driver_ends_calls_that_wait_and_says_goodbye_on_idle_connections()
    {
        var goodbye = new TaskCompletionSource<byte>();
        await using var server = new ScriptedServer(
            async end =>
            {
                await end.LogInAsync();
                await end.ExpectAsync(ServerEnd.Run);
                await end.StallAsync();
            },
            async end =>
            {
                await end.LogInAsync();
                goodbye.SetResult((await end.ReceiveAsync()).Tag);
            });
        var driver = server.Driver(settings: new() { MaxConnections = 2 });
        await using var busy = await driver.AcquireAsync(BoltAccessMode.Read);
        await (await driver.AcquireAsync(BoltAccessMode.Read)).DisposeAsync();
        var waiting = busy.RunAsync(new BoltQuery("x")).AsTask();
        await driver.DisposeAsync();

        Assert.Equal(BoltErrorKind.ConnectionLost, (await Assert.ThrowsAsync<BoltException>(() => waiting)).Kind);
        Assert.Equal(ServerEnd.Goodbye, await goodbye.Task);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));
    }

    /// <summary>The timer of a channel, whose callback comes when it was stopped already.</summary>
    private sealed class LateTimer : TimeProvider
    {
        private Action? _callback;

        public int Started { get; private set; }

        public void Fire() => _callback!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (state is not Channel)
                return base.CreateTimer(callback, state, dueTime, period);
            _callback = () => callback(state);
            return new Timer(this);
        }

        private sealed class Timer(LateTimer owner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime > TimeSpan.Zero)
                    owner.Started++;
                return true;
            }

            public void Dispose()
            {
                // Nothing runs.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
