using Grap.Bolt;
using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>What an inspection found.</summary>
/// <param name="Problems">Broken promises, each in a sentence; none for a good copy.</param>
/// <param name="Transactions">How many of the writers' transactions are in the copy.</param>
/// <param name="Late">How many of them were not acknowledged yet when the copy began.</param>
internal sealed record Findings(IReadOnlyList<string> Problems, long Transactions, long Late);

/// <summary>
/// Looks at a database that holds what the crew wrote. Each writer's own node says how many of its transactions are
/// there. From that follows, to the last property, what the whole graph must be: a transaction that is there by half,
/// one that is lost, and anything that no writer ever sent, all show as a difference.
/// </summary>
internal sealed class Inspector(WritingCrew crew)
{
    private const int MostProblems = 20;

    /// <summary>Inspects the database behind a connection.</summary>
    public async Task<Findings> InspectAsync(
        BoltConnection connection, CopySpan span, CancellationToken cancellation)
    {
        var database = new Reading(connection, cancellation);
        var numbers = await TransactionCounts.ReadAsync(database, crew);
        if (numbers.Problems.Count > 0)
            return new Findings(numbers.Problems, 0, 0);

        var problems = new List<string>();
        problems.AddRange(numbers.CompareWith(crew.Ledger, span));
        var states = numbers.OfGraphWriters.Select((number, writer) => crew.Foretell(writer, number)).ToList();
        problems.AddRange(await new ContentCheck(database, crew.Size, states).RunAsync());
        problems.AddRange(await new InvariantCheck(database, crew.Size).RunAsync());
        problems.AddRange(await new IndexCheck(database, crew.Size).RunAsync());
        return new Findings([.. problems.Take(MostProblems)], numbers.Sum, numbers.CountAfter(crew.Ledger, span.Begun));
    }
}
