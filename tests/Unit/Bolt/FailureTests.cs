using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

/// <summary>FAILURE as the answer to what opens, ends and cleans up: what is thrown, and what the connection is good for
/// afterwards.</summary>
public sealed class FailureTests
{
    private const string Code = "Neo.TransientError.General.DatabaseUnavailable";
    private const string NotKnown = "not known";

    [Fact]
    public async Task FAILURE_of_BEGIN_begins_nothing_and_the_connection_works_again_after_RESET()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Begin);
            await end.FailureAsync(Code);
            await ResetAndAnswerAsync(end);
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write);
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await connection.BeginAsync(new BoltQuery("")));

        AssertIsFailure(failure);
        await connection.RollbackAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.CommitAsync());
        await AssertWorksAsync(connection);
    }

    [Fact]
    public async Task FAILURE_of_COMMIT_is_a_known_outcome_and_the_connection_works_again_after_RESET()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await BeginAsync(end);
            await end.ExpectAsync(ServerEnd.Commit);
            await end.FailureAsync(Code);
            await ResetAndAnswerAsync(end);
        });
        await using var driver = server.Driver();
        await using var connection = await InTransactionAsync(driver);
        var failure = await CommitAsync(connection);

        AssertIsFailure(failure);
        Assert.DoesNotContain(NotKnown, failure.Message, StringComparison.Ordinal);
        await connection.RollbackAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.CommitAsync());
        await AssertWorksAsync(connection);
    }

    [Fact]
    public async Task FAILURE_of_COMMIT_is_a_known_outcome_also_when_the_connection_is_lost_with_it()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await BeginAsync(end);
            await end.ExpectAsync(ServerEnd.Commit);
            await end.FailureAsync(Code);
            await end.ExpectAsync(ServerEnd.Reset);
        });
        await using var driver = server.Driver();
        await using var connection = await InTransactionAsync(driver);
        var failure = await CommitAsync(connection);

        AssertIsFailure(failure);
        Assert.DoesNotContain(NotKnown, failure.Message, StringComparison.Ordinal);
        Assert.False(connection.IsOpen);
    }

    [Theory]
    [InlineData(BoltErrorKind.ProtocolViolation, 0xB0, 0x7E)] // IGNORED, without a FAILURE before it.
    [InlineData(BoltErrorKind.ProtocolViolation, 0xB1, 0x71, 0x90)] // RECORD.
    [InlineData(BoltErrorKind.ProtocolViolation, 0xFF, 0xFF)]
    [InlineData(BoltErrorKind.ConnectionLost)]
    public async Task A_commit_that_is_answered_by_nothing_of_sense_has_an_unknown_outcome(
        BoltErrorKind kind, params int[] answer)
    {
        await using var server = new ScriptedServer(async end =>
        {
            await BeginAsync(end);
            await end.ExpectAsync(ServerEnd.Commit);
            if (answer.Length > 0)
                await end.SendMessageAsync([.. answer.Select(static each => (byte)each)]);
        });
        await using var driver = server.Driver();
        await using var connection = await InTransactionAsync(driver);
        var failure = await CommitAsync(connection);

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(NotKnown, failure.Message, StringComparison.Ordinal);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task FAILURE_of_ROLLBACK_is_told_and_the_connection_works_again_after_RESET()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await BeginAsync(end);
            await end.ExpectAsync(ServerEnd.Rollback);
            await end.FailureAsync(Code);
            await ResetAndAnswerAsync(end);
        });
        await using var driver = server.Driver();
        await using var connection = await InTransactionAsync(driver);
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await connection.RollbackAsync());

        AssertIsFailure(failure);
        await connection.RollbackAsync();
        await AssertWorksAsync(connection);
    }

    [Fact]
    public async Task FAILURE_of_the_RESET_after_a_FAILURE_closes_the_connection_and_the_first_is_told()
    {
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.FailureAsync(Code);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.IgnoredAsync();
            await end.ExpectAsync(ServerEnd.Reset);
            await end.FailureAsync("Neo.DatabaseError.General.UnknownError");
            await end.ExpectClosedAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await connection.RunAsync(new BoltQuery("x")));

        AssertIsFailure(failure);
        Assert.False(connection.IsOpen);
        var next = await Assert.ThrowsAsync<BoltException>(async () => await connection.RunAsync(new BoltQuery("x")));
        Assert.Equal(BoltErrorKind.ConnectionLost, next.Kind);
    }

    [Fact]
    public async Task A_connection_whose_RESET_fails_is_never_lent_again()
    {
        await using var server = new ScriptedServer(
            async end =>
            {
                await BeginAsync(end);
                // Given back in the middle of a transaction.
                await end.ExpectAsync(ServerEnd.Reset);
                await end.FailureAsync(Code);
                await end.ExpectClosedAsync();
            },
            async end =>
            {
                await end.LogInAsync();
                await end.AnswerAsync(["a"], [1]);
                // Asked before it is lent again.
                await end.ExpectAsync(ServerEnd.Reset);
                await end.FailureAsync(Code);
                await end.ExpectClosedAsync();
            },
            async end =>
            {
                await end.LogInAsync();
                await end.AnswerAsync(["a"], [1]);
                await end.IdleAsync();
            });
        await using var driver = server.Driver(settings: new BoltSettings { LivenessCheckAfter = TimeSpan.Zero });
        await (await InTransactionAsync(driver)).DisposeAsync();
        for (var connections = 2; connections <= 3; connections++)
        {
            await using var connection = await driver.AcquireAsync(BoltAccessMode.Write);
            await AssertWorksAsync(connection);
            Assert.Equal(connections, server.Connections);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FAILURE_of_DISCARD_is_told_and_ends_the_transaction_and_the_connection_works_again_after_RESET(
        bool inTransaction)
    {
        await using var server = new ScriptedServer(async end =>
        {
            if (inTransaction)
                await BeginAsync(end);
            else
                await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            await end.RecordAsync(1);
            await end.RecordAsync(2);
            await end.SuccessAsync(("has_more", true));
            await end.ExpectAsync(ServerEnd.Discard);
            await end.FailureAsync(Code);
            await ResetAndAnswerAsync(end);
        });
        await using var driver = server.Driver();
        await using var connection = inTransaction
            ? await InTransactionAsync(driver)
            : await driver.AcquireAsync(BoltAccessMode.Write);
        var cursor = await connection.RunAsync(new BoltQuery("x") { Mode = BoltAccessMode.Write, FetchSize = 2 });
        Assert.True(await cursor.ReadAsync());
        // A write that was left early is not done because nobody reads its records.
        var failure = await Assert.ThrowsAsync<BoltException>(async () => await cursor.DisposeAsync());

        AssertIsFailure(failure);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.CommitAsync());
        await AssertWorksAsync(connection);
    }

    private static void AssertIsFailure(BoltException failure)
    {
        Assert.Equal((BoltErrorKind.ServerFailure, Code), (failure.Kind, failure.Code));
        Assert.True(failure.IsRetriable);
    }

    private static async Task BeginAsync(ServerEnd end)
    {
        await end.LogInAsync();
        await end.ExpectAsync(ServerEnd.Begin);
        await end.SuccessAsync();
    }

    private static async Task ResetAndAnswerAsync(ServerEnd end)
    {
        await end.ExpectAsync(ServerEnd.Reset);
        await end.SuccessAsync();
        await end.AnswerAsync(["a"], [1]);
        await end.IdleAsync();
    }

    private static async Task<BoltConnection> InTransactionAsync(BoltDriver driver)
    {
        var connection = await driver.AcquireAsync(BoltAccessMode.Write);
        await connection.BeginAsync(new BoltQuery(""));
        return connection;
    }

    private static async Task<BoltException> CommitAsync(BoltConnection connection) =>
        await Assert.ThrowsAsync<BoltException>(async () => await connection.CommitAsync());

    private static async Task AssertWorksAsync(BoltConnection connection)
    {
        await using var cursor = await connection.RunAsync(new BoltQuery("x"));
        Assert.True(await cursor.ReadAsync());
        Assert.Equal([1L], cursor.Values);
        Assert.False(await cursor.ReadAsync());
    }
}
