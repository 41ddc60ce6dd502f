using Grap.Bolt;
using Grap.Servers;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Creates and drops indexes and constraints.</summary>
internal sealed class SchemaWriter(int id, SchemaChanges changes, Ledger ledger) : Writer(id, ledger)
{
    private long _number;

    protected override long Number => _number;

    protected override TimeSpan Rest() => changes.RestBefore(_number + 1);

    protected override Task SendAsync(BoltConnection connection, CancellationToken cancellation) =>
        RunAsync(connection, Change(SchemaChanges.Query(_number + 1)), cancellation);

    protected override void Enter() => _number++;

    /// <summary>Never, since the same change once more does no harm; but what a constraint that was not completed left
    /// behind would be in its way.</summary>
    protected override async Task<bool> AskAsync(BoltConnection connection, CancellationToken cancellation)
    {
        if (SchemaChanges.ConstraintOf(_number + 1) is not { } constraint)
            return false;
        var there = await connection.ReadAllAsync(
            BoltQuery.Create("SHOW CONSTRAINTS YIELD name WHERE name = $name", ("name", constraint)), cancellation);
        if (there.Count == 0)
            await RunAsync(connection, Change($"DROP INDEX {constraint} IF EXISTS"), cancellation);
        return false;
    }

    private static BoltQuery Change(string text) => new(text) { Mode = BoltAccessMode.Write };
}
