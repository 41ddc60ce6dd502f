using Grap.Bolt;
using Grap.Servers;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Backups;

/// <summary>What a server refuses, and a place where none is, have their own conditions.</summary>
public class RefusalTests(ServerPool servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ServerPool.SlowVersions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_refusal_has_its_condition_and_tells_no_password(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        var server = borrowed.Server;
        const string Wrong = "a-password-that-is-wrong";

        await AssertRefusedAsync(GrapCondition.AuthenticationFailed, server.Uri.OriginalString, BoltAuth.Basic("neo4j", Wrong));
        await AssertRefusedAsync(GrapCondition.AuthenticationFailed, server.Uri.OriginalString, BoltAuth.None);
        await AssertRefusedAsync(GrapCondition.DatabaseNotFound, server.Uri.OriginalString, server.Auth, "nosuchdb");
        await AssertRefusedAsync(
            GrapCondition.TlsFailed, server.Uri.OriginalString.Replace("bolt://", "bolt+s://", StringComparison.Ordinal), server.Auth);

        async Task AssertRefusedAsync(GrapCondition condition, string address, BoltAuth auth, string? database = null)
        {
            var refusal = await Assert.ThrowsAsync<GrapException>(() => Session.OpenAsync(
                new SessionOptions(BoltAddress.Parse(address), auth) { Database = database }, Cancellation));
            Assert.Equal(condition, refusal.Condition);
            Assert.NotEmpty(refusal.RecommendedAction);
            Assert.DoesNotContain(Wrong, refusal.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(ServerPool.Password, refusal.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_nothing_listens_the_server_is_unavailable()
    {
        var refusal = await Assert.ThrowsAsync<GrapException>(() => Session.OpenAsync(
            new SessionOptions(BoltAddress.Parse("bolt://127.0.0.1:1"), BoltAuth.None), Cancellation));

        Assert.Equal(GrapCondition.ServerUnavailable, refusal.Condition);
    }
}
