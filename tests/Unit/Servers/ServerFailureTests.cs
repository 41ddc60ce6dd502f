using Grap.Bolt;
using Grap.Servers;
using Xunit;

namespace Grap.Tests.Unit.Servers;

public class ServerFailureTests
{
    [Theory]
    [InlineData(BoltErrorKind.InvalidAddress, GrapCondition.InvalidAddress)]
    [InlineData(BoltErrorKind.Unreachable, GrapCondition.ServerUnavailable)]
    [InlineData(BoltErrorKind.Refused, GrapCondition.ServerUnavailable)]
    [InlineData(BoltErrorKind.TimedOut, GrapCondition.ServerUnavailable)]
    [InlineData(BoltErrorKind.PoolExhausted, GrapCondition.ServerUnavailable)]
    [InlineData(BoltErrorKind.NoServerForRole, GrapCondition.ServerUnavailable)]
    [InlineData(BoltErrorKind.TlsFailed, GrapCondition.TlsFailed)]
    [InlineData(BoltErrorKind.NotBolt, GrapCondition.NotNeo4j)]
    [InlineData(BoltErrorKind.VersionUnsupported, GrapCondition.ServerUnsupported)]
    [InlineData(BoltErrorKind.AuthenticationFailed, GrapCondition.AuthenticationFailed)]
    [InlineData(BoltErrorKind.ServerFailure, GrapCondition.QueryFailed)]
    [InlineData(BoltErrorKind.ConnectionLost, GrapCondition.ConnectionLost)]
    [InlineData(BoltErrorKind.MessageTooLarge, GrapCondition.ElementTooLarge)]
    [InlineData(BoltErrorKind.ProtocolViolation, GrapCondition.ProtocolViolation)]
    public void A_kind_of_failure_is_a_condition(BoltErrorKind kind, GrapCondition condition) =>
        Assert.Equal(condition, ServerFailure.From(new BoltException(kind, "so it is"), "bolt://db:7687").Condition);

    [Theory]
    [InlineData("Neo.ClientError.Security.Unauthorized", GrapCondition.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.AuthenticationRateLimit", GrapCondition.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.CredentialsExpired", GrapCondition.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.TokenExpired", GrapCondition.AuthenticationFailed)]
    [InlineData("Neo.ClientError.Security.Forbidden", GrapCondition.PermissionDenied)]
    [InlineData("Neo.ClientError.Database.DatabaseNotFound", GrapCondition.DatabaseNotFound)]
    [InlineData("Neo.TransientError.General.DatabaseUnavailable", GrapCondition.ServerUnavailable)]
    [InlineData("Neo.TransientError.General.MemoryPoolOutOfMemoryError", GrapCondition.QueryFailed)]
    [InlineData("Neo.TransientError.Transaction.DeadlockDetected", GrapCondition.QueryFailed)]
    [InlineData("Neo.ClientError.Statement.SyntaxError", GrapCondition.QueryFailed)]
    [InlineData("Neo.DatabaseError.General.UnknownError", GrapCondition.QueryFailed)]
    public void A_code_of_the_server_is_a_condition(string code, GrapCondition condition)
    {
        var failure = ServerFailure.From(new BoltException(BoltErrorKind.ServerFailure, "so it is", code: code), "bolt://db:7687");
        Assert.Equal(condition, failure.Condition);
        Assert.Contains("so it is", failure.Message);
        Assert.Contains("bolt://db:7687", failure.Message);
    }

    [Fact]
    public void Every_kind_says_what_to_do() => Assert.All(Enum.GetValues<BoltErrorKind>(), kind =>
        Assert.NotEmpty(ServerFailure.From(new BoltException(kind, "so it is"), "bolt://db:7687").RecommendedAction));

    [Fact]
    public void A_server_too_old_hears_which_Neo4j_is_needed() => Assert.Contains("Neo4j 5.0 or later",
        ServerFailure.From(new BoltException(BoltErrorKind.VersionUnsupported, "4.4 offered"), "bolt://db").RecommendedAction);

    [Fact]
    public void An_address_that_cannot_be_parsed_is_not_repeated() => Assert.DoesNotContain("sesame",
        ServerFailure.From(new BoltException(BoltErrorKind.InvalidAddress, "no scheme"), "neo4j:sesame@db").Message);
}
