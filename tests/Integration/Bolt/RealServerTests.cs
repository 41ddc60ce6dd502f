using System.Diagnostics;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Bolt;

/// <summary>Grap.Bolt against real servers of the three versions.</summary>
public sealed class RealServerTests(ServerPool pool)
{
    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task Every_value_comes_back_as_it_was_sent(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);

        foreach (var (name, value) in PropertyValues.All)
        {
            // Through the store and back, not only through the wire.
            var rows = await borrowed.RunAsync(
                "CREATE (n:RoundTrip { value: $value }) WITH n MATCH (m:RoundTrip) WHERE id(m) = id(n) RETURN m.value",
                cancellation, ("value", value));
            Assert.Equal((name, Describe(value)), (name, Describe(rows[0][0])));
        }
    }

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task Errors_carry_neo4js_code_and_leave_the_connection_usable(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);
        await borrowed.RunAsync("CREATE CONSTRAINT one FOR (n:One) REQUIRE n.key IS UNIQUE", cancellation);
        await borrowed.RunAsync("CREATE (:One { key: 1 })", cancellation);
        await using var driver = borrowed.Server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation);

        (string Text, string Code)[] mistakes =
        [
            ("RETRUN 1", "Neo.ClientError.Statement.SyntaxError"),
            ("RETURN $absent", "Neo.ClientError.Statement.ParameterMissing"),
            ("UNWIND [1, 0] AS x RETURN 1 / x", "Neo.ClientError.Statement.ArithmeticError"),
            ("CREATE (:One { key: 1 })", "Neo.ClientError.Schema.ConstraintValidationFailed"),
            ("CALL no.such.procedure()", "Neo.ClientError.Procedure.ProcedureNotFound"),
        ];
        foreach (var (text, code) in mistakes)
        {
            var failed = await Assert.ThrowsAsync<BoltException>(() => ReadAsync(connection, text));
            Assert.Equal((BoltErrorKind.ServerFailure, code), (failed.Kind, failed.Code));
            Assert.False(failed.IsRetriable);
            Assert.Equal([1L], await ReadAsync(connection, "RETURN 1"));
        }

        var missing = await Assert.ThrowsAsync<BoltException>(
            () => ReadAsync(connection, new BoltQuery("RETURN 1") { Database = "absent" }));
        Assert.Equal("Neo.ClientError.Database.DatabaseNotFound", missing.Code);
    }

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task A_long_query_ends_soon_after_its_cancellation(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);
        await using var driver = borrowed.Server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);
        using var cancel = new CancellationTokenSource();

        // Two short ranges: 5.13 makes a list of a single long one and runs out of memory before anybody cancels. And
        // not too long: it says that the transaction is terminated, and computes to the end.
        var endless = ReadAsync(
            connection, new BoltQuery("UNWIND range(1, 10000) AS x UNWIND range(1, 10000) AS y RETURN sum(x * y % 7)"),
            cancel.Token);
        await Task.Delay(500, cancellation);
        Assert.False(endless.IsCompleted);
        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);

        // Within a second, and two more for a machine that runs other tests beside this one; the query itself would
        // take many seconds.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"It took {clock.Elapsed}.");
        await using var next = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);
        Assert.Equal([1L], await ReadAsync(next, "RETURN 1"));
    }

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task A_string_of_64_MiB_arrives_whole(string version)
    {
        const int Length = 64 << 20;
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);
        await using var driver = borrowed.Server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);

        // Doubled in the server, so that only one copy crosses its memory at a time.
        var text = "WITH reduce(s = 'abcdefgh', i IN range(1, 23) | s + s) AS text RETURN text";
        await using var cursor = await connection.RunAsync(new BoltQuery(text) { FetchSize = -1 }, cancellation);
        Assert.True(await cursor.ReadAsync(cancellation));

        var record = cursor.Record; // a list of one (1 byte), the string's head (5 bytes), the string
        Assert.Equal(Length + 6, record.Length);
        Assert.Equal("abcdefgh"u8, record.Span[6..14]);
        Assert.Equal("abcdefgh"u8, record.Span[^8..]);
        Assert.False(await cursor.ReadAsync(cancellation));
    }

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task A_routing_address_leads_to_the_only_server(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);
        var address = BoltAddress.Parse(borrowed.Server.Uri.OriginalString.Replace("bolt://", "neo4j://"));
        await using var driver = new BoltDriver(address, borrowed.Server.Auth);

        foreach (var mode in new[] { BoltAccessMode.Read, BoltAccessMode.Write })
        {
            await using var connection = await driver.AcquireAsync(mode, cancellation: cancellation);
            Assert.Equal([1L], await ReadAsync(connection, "RETURN 1"));
        }
    }

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    public async Task A_wrong_password_is_refused_without_repeating_it(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await pool.BorrowAsync(version, cancellation);
        var auth = BoltAuth.Basic("neo4j", "not-the-password");
        await using var driver = new BoltDriver(BoltAddress.Parse(borrowed.Server.Uri.OriginalString), auth);

        var refused = await Assert.ThrowsAsync<BoltException>(
            async () => await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation));

        Assert.Equal(BoltErrorKind.AuthenticationFailed, refused.Kind);
        Assert.StartsWith("Neo.ClientError.Security.", refused.Code, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", refused.ToString(), StringComparison.Ordinal);
        Assert.False(refused.IsRetriable);
    }

    private static Task<object?[]> ReadAsync(BoltConnection connection, string text) =>
        ReadAsync(connection, new BoltQuery(text) { Mode = BoltAccessMode.Write });

    private static async Task<object?[]> ReadAsync(
        BoltConnection connection, BoltQuery query, CancellationToken? cancellation = null)
    {
        var token = cancellation ?? TestContext.Current.CancellationToken;
        await using var cursor = await connection.RunAsync(query, token);
        object?[] last = [];
        while (await cursor.ReadAsync(token))
            last = cursor.Values;
        return last;
    }

    // Floats by their bits: NaN is equal to itself here, and -0.0 is not 0.0.
    private static string Describe(object? value) => value switch
    {
        null => "null",
        double number => $"float {BitConverter.DoubleToInt64Bits(number):x16}",
        byte[] bytes => "bytes " + Convert.ToHexString(bytes),
        string text => "string " + text,
        IEnumerable<object?> list => $"[{string.Join(", ", list.Select(Describe))}]",
        _ => $"{value.GetType().Name} {value}",
    };
}
