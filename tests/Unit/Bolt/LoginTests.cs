using System.Diagnostics;
using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class LoginTests
{
    private const string Secret = "s3cret-of-the-test";

    [Fact]
    public async Task Version_5_0_takes_the_credentials_in_HELLO()
    {
        Request? hello = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.AgreeAsync(5, 0);
            hello = await end.ExpectAsync(ServerEnd.Hello);
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await ConnectAsync(server, BoltAuth.Basic("neo4j", Secret));

        Assert.Equal(["credentials", "principal", "scheme", "user_agent"], hello!.Map(0).Keys.Order());
        Assert.Equal(Secret, hello.Map(0)["credentials"]);
    }

    [Theory]
    [InlineData(1, "user_agent")]
    [InlineData(2, "notifications_minimum_severity,user_agent")]
    [InlineData(3, "bolt_agent,notifications_minimum_severity,user_agent")]
    [InlineData(8, "bolt_agent,notifications_minimum_severity,user_agent")]
    public async Task Later_versions_take_the_credentials_in_LOGON(int minor, string keys)
    {
        Request? hello = null, logOn = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.AgreeAsync(5, minor);
            // Both come without an answer between them.
            hello = await end.ExpectAsync(ServerEnd.Hello);
            logOn = await end.ExpectAsync(ServerEnd.LogOn);
            await end.SuccessAsync();
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await ConnectAsync(server, BoltAuth.Basic("neo4j", Secret));

        Assert.Equal(keys, string.Join(',', hello!.Map(0).Keys.Order()));
        Assert.Equal("basic neo4j " + Secret,
            $"{logOn!.Map(0)["scheme"]} {logOn.Map(0)["principal"]} {logOn.Map(0)["credentials"]}");
        if (minor >= 2)
            Assert.Equal("OFF", hello.Map(0)["notifications_minimum_severity"]);
        if (minor >= 3)
            Assert.Contains("product", ((Dictionary<string, object?>)hello.Map(0)["bolt_agent"]!).Keys);
    }

    [Fact]
    public async Task Who_gives_up_at_the_last_moment_gets_no_connection_that_is_closed()
    {
        await using var server = new ScriptedServer(static async end =>
        {
            await end.LogInAsync();
            await end.IdleAsync();
        });
        var (given, refused) = (0, 0);
        // Later after a refusal, earlier after none: so it stays where a login ends.
        var patience = TimeSpan.FromMicroseconds(500);
        for (var attempt = 0; attempt < 400; attempt++)
        {
            using var stop = new CancellationTokenSource();
            await using var driver = server.Driver();
            var giveUp = Task.Run(async () =>
            {
                var clock = Stopwatch.StartNew();
                while (clock.Elapsed < patience)
                    await Task.Yield();
                await stop.CancelAsync();
            }, TestContext.Current.CancellationToken);
            try
            {
                await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: stop.Token);
                await giveUp;
                Assert.True(connection.IsOpen);
                given++;
                patience *= 0.95;
            }
            catch (OperationCanceledException)
            {
                refused++;
                patience *= 1.05;
            }
        }
        Assert.True(given > 0 && refused > 0, $"{given} given, {refused} refused");
    }

    [Fact]
    public async Task A_token_is_sent_as_a_bearer_and_no_authentication_as_none()
    {
        var schemes = new List<string>();
        Func<ServerEnd, Task> script = async end =>
        {
            await end.AgreeAsync(5, 4);
            await end.ExpectAsync(ServerEnd.Hello);
            var map = (await end.ExpectAsync(ServerEnd.LogOn)).Map(0);
            schemes.Add(string.Join(' ', map.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}")));
            await end.SuccessAsync();
            await end.SuccessAsync();
            await end.IdleAsync();
        };
        await using var server = new ScriptedServer(script);
        await ConnectAsync(server, BoltAuth.Bearer("token"));
        await ConnectAsync(server, BoltAuth.None);

        Assert.Equal(["credentials=token scheme=bearer", "scheme=none"], schemes);
    }

    [Fact]
    public async Task Routing_tells_HELLO_its_context_and_where_the_client_began()
    {
        Request? hello = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.AgreeAsync(5, 4);
            hello = await end.ExpectAsync(ServerEnd.Hello);
        });
        await using var driver = new BoltDriver(
            BoltAddress.Parse($"neo4j://{server.Endpoint}?region=eu"), BoltAuth.None);
        await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));

        var routing = (Dictionary<string, object?>)hello!.Map(0)["routing"]!;
        Assert.Equal($"{server.Endpoint}", routing["address"]);
        Assert.Equal("eu", routing["region"]);
    }

    [Theory]
    [InlineData("Neo.ClientError.Security.Unauthorized", BoltErrorKind.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.AuthenticationRateLimit", BoltErrorKind.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.CredentialsExpired", BoltErrorKind.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.TokenExpired", BoltErrorKind.AuthenticationFailed)]
    [InlineData("Neo.TransientError.General.DatabaseUnavailable", BoltErrorKind.ServerFailure)]
    public async Task Refused_credentials_keep_the_code_and_tell_no_secret(string code, BoltErrorKind kind)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.AgreeAsync(5, 4);
            await end.ExpectAsync(ServerEnd.Hello);
            await end.SuccessAsync();
            await end.ExpectAsync(ServerEnd.LogOn);
            await end.FailureAsync(code, "The client is unauthorized due to authentication failure.");
            await end.ExpectClosedAsync();
        });
        var auth = BoltAuth.Basic("neo4j", Secret);
        var failure = await Assert.ThrowsAsync<BoltException>(() => ConnectAsync(server, auth));

        Assert.Equal(kind, failure.Kind);
        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, auth.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tok", BoltAuth.Bearer("tok").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HELLO_refused_is_reported_although_LOGON_was_sent_behind_it()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.AgreeAsync(5, 4);
            await end.ExpectAsync(ServerEnd.Hello);
            await end.FailureAsync("Neo.ClientError.Request.Invalid");
            await end.IgnoredAsync();
        });

        Assert.Equal(BoltErrorKind.ServerFailure,
            (await Assert.ThrowsAsync<BoltException>(() => ConnectAsync(server, BoltAuth.None))).Kind);
    }

    [Theory]
    [InlineData("Neo.TransientError.Transaction.DeadlockDetected", true)]
    [InlineData("Neo.TransientError.General.MemoryPoolOutOfMemoryError", true)]
    [InlineData("Neo.TransientError.Transaction.Terminated", false)]
    [InlineData("Neo.TransientError.Transaction.LockClientStopped", false)]
    [InlineData("Neo.ClientError.Cluster.NotALeader", true)]
    [InlineData("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", true)]
    [InlineData("Neo.ClientError.Security.AuthorizationExpired", true)]
    [InlineData("Neo.ClientError.Security.Forbidden", false)]
    [InlineData("Neo.ClientError.Statement.SyntaxError", false)]
    [InlineData("Neo.DatabaseError.General.UnknownError", false)]
    public void Whether_a_retry_makes_sense_follows_from_the_code(string code, bool retriable) =>
        Assert.Equal(retriable, new BoltException(BoltErrorKind.ServerFailure, "", code: code).IsRetriable);

    private static async Task ConnectAsync(ScriptedServer server, BoltAuth auth)
    {
        await using var driver = server.Driver(auth);
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        Assert.True(connection.IsOpen);
    }
}
