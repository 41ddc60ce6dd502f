using System.Text;
using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class HandshakeTests
{
    [Fact]
    public async Task The_client_proposes_the_manifest_then_version_6_then_version_5()
    {
        byte[]? opening = null;
        await using var server = new ScriptedServer(async end =>
        {
            opening = await end.AgreeAsync(5, 4);
            await end.ExpectAsync(ServerEnd.Hello);
        });
        await FailAsync(server);

        Assert.Equal("6060B017" + "000001FF" + "00010106" + "00080805" + "00000000", Convert.ToHexString(opening!));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, 4)]
    [InlineData(5, 8)]
    [InlineData(6, 1)]
    public async Task A_version_chosen_by_the_server_is_spoken(int major, int minor)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync(major, minor);
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);

        Assert.Equal(new Version(major, minor), connection.Server.Protocol);
        Assert.Equal("Neo4j/5.99.0", connection.Server.Agent);
        Assert.Equal("bolt-7", connection.Server.ConnectionId);
    }

    [Theory]
    [InlineData("03" + "00040404" + "00040405" + "00020805" + "00", 5, 8)] // Neo4j 5.26
    [InlineData("04" + "00000404" + "00040405" + "00020805" + "00010106" + "00", 6, 1)] // Neo4j 2026
    [InlineData("01" + "00090906" + "00", 6, 1)] // a later server that speaks 6.0 to 6.9
    [InlineData("01" + "00010A05" + "8001", 0, 0)] // 5.9 and 5.10 only, and a capability in two bytes
    [InlineData("01" + "00000404" + "00", 0, 0)]
    public async Task From_a_manifest_the_newest_version_known_to_both_is_chosen(string manifest, int major, int minor)
    {
        string? choice = null;
        await using var server = new ScriptedServer(async end =>
        {
            await end.ReadAsync(20);
            await end.SendAsync(Convert.FromHexString("000001FF" + manifest));
            choice = Convert.ToHexString(await end.ReadAsync(5));
        });
        var failure = await FailAsync(server);

        if (major == 0)
            Assert.Equal(BoltErrorKind.VersionUnsupported, failure.Kind);
        else
            Assert.Equal($"0000{minor:X2}{major:X2}00", choice);
    }

    [Fact]
    public async Task A_server_without_a_common_version_is_refused_with_the_Neo4j_that_is_needed()
    {
        var failure = await FailWithAnswerAsync(0, 0, 0, 0);

        Assert.Equal(BoltErrorKind.VersionUnsupported, failure.Kind);
        Assert.Contains("Neo4j 5.0 or later", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsRetriable);
    }

    [Fact]
    public async Task A_version_that_was_not_proposed_is_refused() =>
        Assert.Equal(BoltErrorKind.VersionUnsupported, (await FailWithAnswerAsync(0, 0, 4, 4)).Kind);

    [Fact]
    public async Task An_HTTP_server_is_named_as_one()
    {
        var failure = await FailWithAnswerAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));

        Assert.Equal(BoltErrorKind.NotBolt, failure.Kind);
        Assert.Contains("HTTP", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_is_not_Bolt() =>
        Assert.Equal(BoltErrorKind.NotBolt, (await FailWithAnswerAsync(Encoding.ASCII.GetBytes("SSH-2.0-x"))).Kind);

    [Fact]
    public async Task A_manifest_that_never_ends_is_not_Bolt() =>
        Assert.Equal(BoltErrorKind.NotBolt,
            (await FailWithAnswerAsync([0, 0, 1, 0xFF, .. Enumerable.Repeat((byte)0xFF, 64)])).Kind);

    [Fact]
    public async Task A_TLS_alert_says_to_use_TLS()
    {
        var failure = await FailWithAnswerAsync(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28);

        Assert.Equal(BoltErrorKind.TlsFailed, failure.Kind);
        Assert.Contains("bolt+s://", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_closes_at_once_is_a_lost_connection()
    {
        await using var server = new ScriptedServer(end => end.ReadAsync(20));

        Assert.Equal(BoltErrorKind.ConnectionLost, (await FailAsync(server)).Kind);
        Assert.Equal(2, server.Connections); // The second one asked whether it speaks TLS.
    }

    [Fact]
    public async Task A_plain_server_spoken_to_with_TLS_says_to_use_none()
    {
        await using var server = new ScriptedServer(end => end.ReadAsync(20));
        await using var driver = server.Driver(scheme: "bolt+s");
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));

        Assert.Equal(BoltErrorKind.TlsFailed, failure.Kind);
        Assert.Contains("bolt://", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_refuses()
    {
        BoltEndpoint endpoint;
        await using (var server = new ScriptedServer(_ => Task.CompletedTask))
            endpoint = server.Endpoint;
        await using var driver = new BoltDriver(BoltAddress.Parse($"bolt://{endpoint}"), BoltAuth.None);
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));

        Assert.Equal(BoltErrorKind.Refused, failure.Kind);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_after_the_time_for_connecting()
    {
        await using var server = new ScriptedServer(end => end.StallAsync());

        Assert.Equal(BoltErrorKind.TimedOut, (await FailAsync(server)).Kind);
    }

    [Fact]
    public async Task Connecting_can_be_cancelled()
    {
        await using var server = new ScriptedServer(end => end.StallAsync());
        await using var driver = server.Driver();
        using var cancellation = new CancellationTokenSource(50);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation.Token));
    }

    private static async Task<BoltException> FailWithAnswerAsync(params byte[] answer)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.ReadAsync(20);
            await end.SendAsync(answer);
            await end.ReadAsync(1);
        });
        return await FailAsync(server);
    }

    private static async Task<BoltException> FailAsync(ScriptedServer server)
    {
        await using var driver = server.Driver(settings: new() { ConnectTimeout = TimeSpan.FromMilliseconds(400) });
        return await Assert.ThrowsAsync<BoltException>(async () => await driver.AcquireAsync(BoltAccessMode.Read));
    }
}
