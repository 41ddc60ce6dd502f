using Grap.Bolt;
using Grap.OnlineCopy;
using Grap.Servers;
using Grap.Tests.Unit.Bolt;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Which indexes of a recovered database are waited for, and which are dropped. What a real server shows of an
/// orphan is in the integration tests.</summary>
public sealed class IndexRecoveryTests
{
    private readonly FakeTime _time = new() { RunsByItself = true };
    private readonly List<object?[]> _indexes = [];
    private readonly List<string> _dropped = [];

    // What an index does each time that it is asked for.
    private Action _next = static () => { };

    [Fact]
    public async Task An_index_without_its_constraint_is_dropped_when_nothing_has_changed_for_a_while()
    {
        Index("un`usual", percent: 100);

        var recovery = await RunAsync();

        Assert.Equal(["un`usual"], recovery.Dropped);
        Assert.Equal(["DROP INDEX `un``usual`"], _dropped);
        Assert.True(_time.Waited > TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_index_that_is_being_built_is_waited_for()
    {
        Index("slow", percent: 0);
        Index("orphan", percent: 100);
        _next = () =>
        {
            // Longer than an orphan is looked at.
            var percent = _time.Waited.TotalSeconds / 60 * 100;
            if (percent >= 100)
                _indexes.RemoveAll(static index => index[0] is "slow");
            else
                _indexes[0][2] = Math.Floor(percent / 20) * 20;
        };

        var recovery = await RunAsync();

        Assert.Equal(["orphan"], recovery.Dropped);
        Assert.True(_time.Waited > TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task An_index_that_a_constraint_owns_is_never_dropped()
    {
        Index("owned", percent: 100, constraint: "unique_key");

        var stuck = await Assert.ThrowsAsync<GrapException>(RunAsync);

        Assert.Equal(GrapCondition.RestoreFailed, stuck.Condition);
        Assert.Empty(_dropped);
    }

    [Fact]
    public async Task An_index_that_failed_is_told_and_not_waited_for()
    {
        _indexes.Add(["broken", "FAILED", 12.5, null, "too long"]);

        var recovery = await RunAsync();

        Assert.Equal("too long", recovery.Failed["broken"]);
        Assert.Empty(recovery.Dropped);
        Assert.Equal(TimeSpan.Zero, _time.Waited);
    }

    private void Index(string name, double percent, string? constraint = null) =>
        _indexes.Add([name, "POPULATING", percent, constraint, ""]);

    private async Task<IndexRecovery> RunAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = new ScriptedServer(ServeAsync);
        await using var session = await Session.OpenAsync(
            new SessionOptions(BoltAddress.Parse($"bolt://{server.Endpoint}"), BoltAuth.None), cancellation);
        var recovery = new IndexRecovery(session, _time);
        await recovery.RunAsync(cancellation);
        return recovery;
    }

    private async Task ServeAsync(ServerEnd end)
    {
        await end.LogInAsync();
        while (await end.ReceiveAsync() is { } request)
        {
            switch (request.Tag)
            {
                case ServerEnd.Run:
                    await end.SuccessAsync(("fields", Array.Empty<string>()));
                    foreach (var row in Answer((string)request.Fields[0]!))
                        await end.RecordAsync(row);
                    break;
                case ServerEnd.Goodbye:
                    return;
                default:
                    await end.SuccessAsync(("type", "r"));
                    break;
            }
        }
    }

    private object?[][] Answer(string query)
    {
        if (query.StartsWith("CALL dbms.components", StringComparison.Ordinal))
            return [["Neo4j Kernel", new object?[] { "5.26.30" }, "community"]];
        if (query.StartsWith("CALL db.info", StringComparison.Ordinal))
            return [["neo4j"]];
        if (query.StartsWith("SHOW INDEXES", StringComparison.Ordinal))
        {
            _next();
            return [.. _indexes];
        }
        _dropped.Add(query);
        return [];
    }
}
