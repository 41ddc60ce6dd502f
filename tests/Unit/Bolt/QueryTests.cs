using Grap.Bolt;
using Grap.Bolt.PackStream;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class QueryTests
{
    [Fact]
    public async Task A_query_is_sent_with_its_first_PULL_and_its_records_are_read()
    {
        Request? run = null, pull = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            run = await end.ExpectAsync(ServerEnd.Run);
            pull = await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a", "b" }));
            await end.RecordAsync(1, "x");
            await end.RecordAsync(2, "y");
            await end.SuccessAsync(("bookmark", "FB:1"), ("type", "r"));
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(BoltQuery.Create("RETURN $p", ("p", 5)) with
        {
            Database = "db", Bookmarks = ["FB:0"], Timeout = TimeSpan.Zero, FetchSize = -1,
        });

        Assert.Equal(["a", "b"], cursor.Fields);
        Assert.True(await cursor.ReadAsync());
        Assert.Equal([1L, "x"], cursor.Values);
        Assert.Equal("92018178", Convert.ToHexString(cursor.Record.Span));
        Assert.True(await cursor.ReadAsync());
        Assert.Null(cursor.Summary);
        Assert.False(await cursor.ReadAsync());
        Assert.False(await cursor.ReadAsync());
        Assert.Equal("FB:1", cursor.Summary!.Bookmark);
        Assert.Equal("r", cursor.Summary.Metadata["type"]);
        Assert.Throws<InvalidOperationException>(() => cursor.Record);

        Assert.Equal("RETURN $p", run!.Fields[0]);
        Assert.Equal(5L, run.Map(1)["p"]);
        Assert.Equal("r", run.Map(2)["mode"]);
        Assert.Equal("db", run.Map(2)["db"]);
        Assert.Equal(0L, run.Map(2)["tx_timeout"]);
        Assert.Equal(["FB:0"], (List<object?>)run.Map(2)["bookmarks"]!);
        Assert.Equal(-1L, pull!.Map(0)["n"]);
    }

    [Fact]
    public async Task Chunks_may_be_split_at_every_byte_and_keep_alives_may_stand_anywhere_between_messages()
    {
        var record = ServerEnd.Message(0x71, new object?[] { new object?[] { "some text", 12345, new byte[20] } });
        for (var chunk = 1; chunk <= record.Length; chunk++)
        {
            var size = chunk;
            await using var server = new ScriptedServer(async outer =>
            {
                await outer.LogInAsync();
                using var end = new ServerEnd(((System.Net.Sockets.NetworkStream)outer.Stream).Socket, default)
                {
                    ByteByByte = size <= 2,
                };
                await outer.ExpectAsync(ServerEnd.Run);
                await outer.ExpectAsync(ServerEnd.Pull);
                await end.KeepAliveAsync();
                await end.SuccessAsync(("fields", new[] { "a" }));
                await end.KeepAliveAsync();
                await end.KeepAliveAsync();
                await end.SendMessageAsync(record, size);
                await end.KeepAliveAsync();
                await end.SendMessageAsync(record, size);
                await end.SuccessAsync();
                await outer.IdleAsync();
            });
            await using var driver = server.Driver();
            await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
            await using var cursor = await connection.RunAsync(new BoltQuery("x") { FetchSize = -1 });
            for (var i = 0; i < 2; i++)
            {
                Assert.True(await cursor.ReadAsync());
                Assert.Equal(record[2..], cursor.Record.ToArray());
            }
            Assert.False(await cursor.ReadAsync());
        }
    }

    [Fact]
    public async Task A_message_of_many_MiB_arrives_and_its_buffer_can_be_kept()
    {
        var bytes = new byte[20 << 20];
        new Random(1).NextBytes(bytes);
        byte[]? sent = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            sent = (byte[])(await end.ExpectAsync(ServerEnd.Run)).Map(1)["b"]!;
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "b" }));
            await end.RecordAsync(bytes);
            await end.RecordAsync(1);
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(BoltQuery.Create("x", ("b", bytes)));

        Assert.True(await cursor.ReadAsync());
        using var taken = cursor.TakeRecord(out var offset);
        Assert.Throws<InvalidOperationException>(() => cursor.Record);
        Assert.True(await cursor.ReadAsync());
        Assert.Equal([1L], cursor.Values);

        Assert.True(sent!.AsSpan().SequenceEqual(bytes));
        var reader = new PackStreamReader(taken.Written[offset..]);
        Assert.Equal(1, reader.ReadListHeader());
        Assert.True(reader.ReadBytes().SequenceEqual(bytes));
        Assert.True(reader.AtEnd);
        // What was reserved follows what came.
        Assert.InRange(taken.Capacity, bytes.Length, bytes.Length * 3 / 2);
    }

    [Theory]
    [InlineData(1 << 20, int.MaxValue)]
    [InlineData(1 << 30, 1 << 20)]
    public async Task A_message_larger_than_the_limit_closes_the_connection_before_it_is_taken_in(int ofConnection, int ofQuery)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            var chunk = new byte[2 + 65_535];
            chunk[0] = chunk[1] = 0xFF;
            while (true)
                await end.SendAsync(chunk);
        });
        await using var driver = server.Driver(settings: new() { MaxMessageBytes = ofConnection });
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var failure = await RunAsync(connection, new BoltQuery("RETURN 1") { MaxRecordBytes = ofQuery });

        Assert.Equal(BoltErrorKind.MessageTooLarge, failure.Kind);
        Assert.False(connection.IsOpen);
    }

    [Theory]
    [InlineData("0001C00000")] // a message that is no structure
    [InlineData("0002B1990000")] // an unknown kind
    [InlineData("0003B170C00000")] // SUCCESS that carries no map
    [InlineData("000AB170A1D2FFFFFFFFFF000000")] // SUCCESS with a key of 4 GiB
    [InlineData("0003B171900000")] // a record before SUCCESS
    public async Task Garbage_in_place_of_an_answer_closes_the_connection(string hex)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.SendAsync(Convert.FromHexString(hex));
            await end.StallAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);

        Assert.Equal(BoltErrorKind.ProtocolViolation, (await RunAsync(connection)).Kind);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task A_server_that_stops_in_the_middle_of_a_message_is_a_lost_connection()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.SendAsync(0x00, 0x10, 0xB1, 0x71, 0x91);
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var failure = await RunAsync(connection);

        Assert.Equal(BoltErrorKind.ConnectionLost, failure.Kind);
        Assert.True(failure.IsRetriable);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task Silence_ends_the_wait_and_keep_alives_prolong_it()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            for (var i = 0; i < 12; i++)
            {
                await Task.Delay(50);
                await end.KeepAliveAsync();
            }
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.StallAsync();
        });
        await using var driver = server.Driver(settings: new() { ReadTimeout = TimeSpan.FromMilliseconds(400) });
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(new BoltQuery("x"));
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await cursor.ReadAsync());

        Assert.Equal(BoltErrorKind.TimedOut, failure.Kind);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task The_servers_hint_is_the_limit_for_silence_where_none_is_set()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync(silenceHint: 1);
            await end.StallAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);

        Assert.Equal(BoltErrorKind.TimedOut, (await RunAsync(connection)).Kind);
    }

    [Fact]
    public async Task After_a_FAILURE_of_RUN_the_connection_is_reset_and_works_again()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.FailureAsync("Neo.ClientError.Statement.SyntaxError", "Invalid input");
            await end.ExpectAsync(ServerEnd.Pull);
            await end.IgnoredAsync();
            await end.ExpectAsync(ServerEnd.Reset);
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [1]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var failure = await RunAsync(connection);
        await using var cursor = await connection.RunAsync(new BoltQuery("x"));

        Assert.Equal(BoltErrorKind.ServerFailure, failure.Kind);
        Assert.Equal("Neo.ClientError.Statement.SyntaxError", failure.Code);
        Assert.Equal("Invalid input", failure.Message);
        Assert.True(await cursor.ReadAsync());
    }

    [Fact]
    public async Task A_FAILURE_between_records_is_thrown_where_it_stands_with_its_GQL_status()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync(5, 8);
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.RecordAsync(1);
            await end.SendMessageAsync(ServerEnd.Message(0x7F, new Dictionary<string, object?>
            {
                ["neo4j_code"] = "Neo.TransientError.Transaction.DeadlockDetected",
                ["message"] = "deadlock",
                ["gql_status"] = "50N05",
                ["description"] = "error: deadlock",
                ["diagnostic_record"] = new Dictionary<string, object?>(),
            }));
            await end.ExpectAsync(ServerEnd.Reset);
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(new BoltQuery("x"));

        Assert.True(await cursor.ReadAsync());
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await cursor.ReadAsync());
        Assert.Equal("Neo.TransientError.Transaction.DeadlockDetected", failure.Code);
        Assert.Equal("50N05", failure.GqlStatus);
        Assert.True(failure.IsRetriable);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task The_next_batch_is_asked_for_while_the_last_record_of_one_is_handled()
    {
        var asked = new TaskCompletionSource();
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            Assert.Equal(2L, (await end.ExpectAsync(ServerEnd.Pull)).Map(0)["n"]);
            // In one piece, so that the end of the batch is there when its last record is read.
            await end.SendAsync([
                .. ServerEnd.Chunk(ServerEnd.Message(0x70, new Dictionary<string, object?> { ["fields"] = new[] { "a" } })),
                .. ServerEnd.Chunk(ServerEnd.Message(0x71, new object?[] { new object?[] { 1 } })),
                .. ServerEnd.Chunk(ServerEnd.Message(0x71, new object?[] { new object?[] { 2 } })),
                .. ServerEnd.Chunk(ServerEnd.Message(0x70, new Dictionary<string, object?> { ["has_more"] = true })),
            ]);
            await end.ExpectAsync(ServerEnd.Pull);
            asked.SetResult();
            await end.RecordAsync(3);
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(new BoltQuery("x") { FetchSize = 2 });

        Assert.True(await cursor.ReadAsync());
        Assert.True(await cursor.ReadAsync());
        Assert.Equal([2L], cursor.Values);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal([2L], cursor.Values);
        Assert.True(await cursor.ReadAsync());
        Assert.Equal([3L], cursor.Values);
        Assert.False(await cursor.ReadAsync());
    }

    [Fact]
    public async Task A_read_left_early_is_RESET()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.RecordAsync(1);
            await end.ExpectAsync(ServerEnd.Reset);
            await end.RecordAsync(2); // was on its way
            await end.IgnoredAsync();
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [7]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using (var first = await connection.RunAsync(new BoltQuery("x") { FetchSize = -1 }))
            Assert.True(await first.ReadAsync());
        await using var second = await connection.RunAsync(new BoltQuery("x"));
        Assert.True(await second.ReadAsync());
        Assert.Equal([7L], second.Values);
    }

    [Fact]
    public async Task A_write_left_early_is_not_undone_by_RESET()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.RecordAsync(1);
            await end.RecordAsync(2);
            await end.SuccessAsync(("has_more", true));
            await end.ExpectAsync(ServerEnd.Discard);
            await end.SuccessAsync();
            await end.AnswerAsync(["a"], [7]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write);
        await using (var first = await connection.RunAsync(new BoltQuery("x") { Mode = BoltAccessMode.Write, FetchSize = 2 }))
            Assert.True(await first.ReadAsync());
        await using var second = await connection.RunAsync(new BoltQuery("x"));
        Assert.True(await second.ReadAsync());
    }

    [Fact]
    public async Task A_transaction_begins_with_its_settings_and_ends_with_a_bookmark()
    {
        Request? begin = null, run = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            begin = await end.ExpectAsync(ServerEnd.Begin);
            await end.SuccessAsync();
            run = await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }), ("qid", 0));
            await end.SuccessAsync();
            await end.ExpectAsync(ServerEnd.Commit);
            await end.SuccessAsync(("bookmark", "FB:9"));
            await end.ExpectAsync(ServerEnd.Begin);
            await end.SuccessAsync();
            await end.ExpectAsync(ServerEnd.Rollback);
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write);
        var settings = new BoltQuery("")
        {
            Mode = BoltAccessMode.Write, Database = "db", Timeout = TimeSpan.FromSeconds(2), Bookmarks = ["FB:1"],
        };
        await connection.BeginAsync(settings);
        await using (var cursor = await connection.RunAsync(new BoltQuery("x") { Database = "other" }))
            Assert.False(await cursor.ReadAsync());
        Assert.Equal("FB:9", await connection.CommitAsync());
        await connection.BeginAsync(settings);
        await connection.RollbackAsync();
        await connection.RollbackAsync();

        Assert.Equal(["bookmarks", "db", "tx_timeout"], begin!.Map(0).Keys.Order());
        Assert.Equal(2000L, begin.Map(0)["tx_timeout"]);
        Assert.Empty(run!.Map(2));
    }

    [Fact]
    public async Task A_failed_query_ends_its_transaction()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Begin);
            await end.SuccessAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.FailureAsync("Neo.ClientError.Statement.SyntaxError");
            await end.ExpectAsync(ServerEnd.Pull);
            await end.IgnoredAsync();
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write);
        await connection.BeginAsync(new BoltQuery(""));
        await RunAsync(connection);

        await connection.RollbackAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.CommitAsync());
    }

    [Fact]
    public async Task A_commit_without_an_answer_is_said_to_be_unknown()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Begin);
            await end.SuccessAsync();
            await end.ExpectAsync(ServerEnd.Commit);
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write);
        await connection.BeginAsync(new BoltQuery(""));
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await connection.CommitAsync());

        Assert.Equal(BoltErrorKind.ConnectionLost, failure.Kind);
        Assert.Contains("not known", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_cursor_on_one_connection_is_refused()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.AnswerAsync(["a"], [1]);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(new BoltQuery("x"));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.RunAsync(new BoltQuery("y")));
        Assert.True(await cursor.ReadAsync());
    }

    private static async Task<BoltException> RunAsync(BoltConnection connection, BoltQuery? query = null) =>
        await Assert.ThrowsAsync<BoltException>(async () =>
        {
            await using var cursor = await connection.RunAsync(query ?? new BoltQuery("x") { FetchSize = -1 });
            while (await cursor.ReadAsync())
                Assert.NotNull(cursor.Values);
        });
}
