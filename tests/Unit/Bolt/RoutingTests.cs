using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class RoutingTests
{
    [Fact]
    public async Task A_single_server_that_names_itself_serves_reads_and_writes()
    {
        var requests = new List<Request>();
        BoltEndpoint? self = null;
        await using var server = new ScriptedServer(end => ServeAsync(end, requests, () => Table([self!], [self!], [self!])));
        self = server.Endpoint;
        await using var driver = new BoltDriver(BoltAddress.Parse($"neo4j://{self}?region=eu"), BoltAuth.None);
        await using (await driver.AcquireAsync(BoltAccessMode.Read, "db"))
        await using (await driver.AcquireAsync(BoltAccessMode.Write, "db"))
        {
        }

        var route = Assert.Single(requests, request => request.Tag == ServerEnd.Route);
        Assert.Equal("eu", route.Map(0)["region"]);
        Assert.Equal(self.ToString(), route.Map(0)["address"]);
        Assert.Equal("db", route.Map(2)["db"]);
    }

    [Fact]
    public async Task Work_goes_to_the_member_whose_role_it_is()
    {
        BoltEndpoint[] at = [];
        await using var reader = new ScriptedServer(LoggedInAsync);
        await using var writer = new ScriptedServer(LoggedInAsync);
        await using var router = new ScriptedServer(end => ServeAsync(end, [], () => Table([at[0]], [at[1]], [at[2]])));
        at = [router.Endpoint, reader.Endpoint, writer.Endpoint];
        await using var driver = router.Driver(scheme: "neo4j");
        await using var reading = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var writing = await driver.AcquireAsync(BoltAccessMode.Write);
        await using var pinned = await driver.AcquireAsync(BoltAccessMode.Write, pin: reader.Endpoint);

        Assert.Equal(reader.Endpoint, reading.Server.Endpoint);
        Assert.Equal(writer.Endpoint, writing.Server.Endpoint);
        Assert.Equal(reader.Endpoint, pinned.Server.Endpoint);
    }

    [Fact]
    public async Task A_member_that_is_gone_is_passed_over()
    {
        BoltEndpoint gone;
        await using (var closed = new ScriptedServer(LoggedInAsync))
            gone = closed.Endpoint;
        BoltEndpoint[] at = [];
        await using var alive = new ScriptedServer(LoggedInAsync);
        await using var router = new ScriptedServer(end => ServeAsync(end, [], () => Table(at, at, at)));
        at = [gone, alive.Endpoint];
        await using var driver = router.Driver(scheme: "neo4j");
        for (var i = 0; i < 8; i++)
        {
            await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
            Assert.Equal(alive.Endpoint, connection.Server.Endpoint);
        }
    }

    [Fact]
    public async Task A_table_is_asked_for_again_when_its_time_is_over()
    {
        var requests = new List<Request>();
        BoltEndpoint? self = null;
        await using var server = new ScriptedServer(
            end => ServeAsync(end, requests, () => Table([self!], [self!], [self!], ttl: 0)));
        self = server.Endpoint;
        await using var driver = server.Driver(scheme: "neo4j");
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));

        Assert.Equal(BoltErrorKind.NoServerForRole, failure.Kind);
        Assert.Equal(2, requests.Count(request => request.Tag == ServerEnd.Route));
    }

    [Fact]
    public async Task Without_a_writer_writing_fails_and_reading_works()
    {
        BoltEndpoint? self = null;
        await using var server = new ScriptedServer(end => ServeAsync(end, [], () => Table([self!], [self!], [])));
        self = server.Endpoint;
        await using var driver = server.Driver(scheme: "neo4j");
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Write));

        Assert.Equal(BoltErrorKind.NoServerForRole, failure.Kind);
        await using var reading = await driver.AcquireAsync(BoltAccessMode.Read);
        Assert.True(reading.IsOpen);
    }

    [Fact]
    public async Task A_member_that_is_no_longer_the_leader_is_not_asked_to_write_again()
    {
        BoltEndpoint[] at = [];
        var requests = new List<Request>();
        var leader = 1;
        await using var old = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.FailureAsync("Neo.ClientError.Cluster.NotALeader");
            await end.ExpectAsync(ServerEnd.Pull);
            await end.IgnoredAsync();
            await end.IdleAsync();
        });
        await using var fresh = new ScriptedServer(LoggedInAsync);
        await using var router = new ScriptedServer(
            end => ServeAsync(end, requests, () => Table([at[0]], [at[1], at[2]], [at[leader]])));
        at = [router.Endpoint, old.Endpoint, fresh.Endpoint];
        await using var driver = router.Driver(scheme: "neo4j");
        await using (var connection = await driver.AcquireAsync(BoltAccessMode.Write))
        {
            var failure = await Assert.ThrowsAsync<BoltException>(async () => await connection.RunAsync(new BoltQuery("x")));
            Assert.True(failure.IsRetriable);
        }
        leader = 2;
        await using var again = await driver.AcquireAsync(BoltAccessMode.Write);

        Assert.Equal(fresh.Endpoint, again.Server.Endpoint);
        Assert.Equal(2, requests.Count(request => request.Tag == ServerEnd.Route));
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_the_servers_own_failure()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Route);
            await end.FailureAsync("Neo.ClientError.Database.DatabaseNotFound");
            await end.IdleAsync();
        });
        await using var driver = server.Driver(scheme: "neo4j");
        var failure = await Assert.ThrowsAsync<BoltException>(
            async () => await driver.AcquireAsync(BoltAccessMode.Read, "nope"));

        Assert.Equal("Neo.ClientError.Database.DatabaseNotFound", failure.Code);
    }

    [Fact]
    public async Task A_table_that_is_none_is_a_protocol_violation()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Route);
            await end.SuccessAsync(("rt", "?"));
            await end.IdleAsync();
        });
        await using var driver = server.Driver(scheme: "neo4j");
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));

        Assert.Equal(BoltErrorKind.ProtocolViolation, failure.Kind);
    }

    private static async Task LoggedInAsync(ServerEnd end)
    {
        await end.LogInAsync();
        await end.IdleAsync();
    }

    private static async Task ServeAsync(ServerEnd end, List<Request> requests, Func<Dictionary<string, object?>> table)
    {
        await end.LogInAsync();
        while (true)
        {
            var request = await end.ReceiveAsync();
            lock (requests)
                requests.Add(request);
            if (request.Tag == ServerEnd.Goodbye)
                return;
            if (request.Tag == ServerEnd.Route)
                await end.SuccessAsync(("rt", table()));
            else
                await end.SuccessAsync();
        }
    }

    private static Dictionary<string, object?> Table(
        BoltEndpoint[] routers, BoltEndpoint[] readers, BoltEndpoint[] writers, long ttl = 300) => new()
        {
            ["ttl"] = ttl,
            ["db"] = "neo4j",
            ["servers"] = new[] { Role("ROUTE", routers), Role("READ", readers), Role("WRITE", writers) },
        };

    private static Dictionary<string, object?> Role(string role, BoltEndpoint[] endpoints) => new()
    {
        ["role"] = role,
        ["addresses"] = endpoints.Select(endpoint => endpoint.ToString()).ToArray(),
    };
}
