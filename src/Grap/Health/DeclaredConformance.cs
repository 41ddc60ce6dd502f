using System.Globalization;
using Grap.Bolt;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Schemas;

namespace Grap.Health;

/// <summary>Whether a database is what somebody declared. Only reads.</summary>
/// <param name="declared">What was declared.</param>
/// <param name="connection">To the database.</param>
/// <param name="failures">Takes what is wrong, each as a sentence without its full stop.</param>
/// <param name="warnings">Takes what needs attention.</param>
internal sealed class DeclaredConformance(
    DeclaredSchema declared, TierConnection connection, List<string> failures, List<string> warnings)
{
    /// <summary>Every declared constraint and index is there as it was declared, and elements have the labels, types and
    /// properties that are required.</summary>
    /// <param name="live">The constraints and indexes of the database.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task CheckSchemaAsync(GraphSchema live, CancellationToken cancellation)
    {
        foreach (var difference in SchemaComparison.Compare(declared.ToGraphSchema(), live))
        {
            if (difference.Change == ChangeKind.Removed)
                failures.Add($"'{difference.Name}' is missing: {difference.Reference}");
            else if (difference.Change == ChangeKind.Changed)
                failures.Add($"'{difference.Name}' differs: declared as {difference.Reference}, "
                    + $"is {difference.Difference}");
        }
        await new ElementConformance(connection, failures).CheckAsync(declared, cancellation).ConfigureAwait(false);
    }

    /// <summary>Every declared rule holds, or warns.</summary>
    public async Task CheckRulesAsync(CancellationToken cancellation)
    {
        foreach (var rule in declared.Rules)
            await CheckAsync(rule, cancellation).ConfigureAwait(false);
    }

    private async Task CheckAsync(SchemaRule rule, CancellationToken cancellation)
    {
        long[] offenders;
        try
        {
            offenders = await connection.CountAsync(rule.Cypher, cancellation).ConfigureAwait(false);
        }
        catch (BoltException refused) when (refused.Kind == BoltErrorKind.ServerFailure && !refused.IsRetriable
            && !cancellation.IsCancellationRequested)
        {
            failures.Add($"Rule '{rule.Name}' could not be asked: {refused.Message}");
            return;
        }
        if (offenders is not [var count, ..])
            failures.Add($"Rule '{rule.Name}' returned no number");
        else if (count != 0)
            (rule.Warns ? warnings : failures).Add(string.Create(
                CultureInfo.InvariantCulture, $"Rule '{rule.Name}' does not hold: {count} times"));
    }
}
