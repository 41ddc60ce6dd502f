using Grap.Backups;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>
/// The node in production that says which promotion was committed there last, and how far it had come: written in the
/// very transaction that it speaks of, so that a lost answer to COMMIT can be made up for. It is one of Grap's own
/// nodes, which no backup or comparison has.
/// </summary>
/// <param name="session">Production.</param>
/// <param name="repository">The repository's id.</param>
/// <param name="promotion">What is being done: the promotion's id, or that of its undoing.</param>
internal sealed class PromotionMark(Session session, Guid repository, string promotion)
{
    private const string Id = "grap_id";
    private const string Promotion = "grap_promotion";
    private const string Step = "grap_step";

    private readonly string _node = $"(n:{ProjectionFilter.Label} {{{Id}: $id}})";
    private readonly string _id = $"{repository}/promotion";

    /// <summary>The label and the keys that it needs.</summary>
    public static IReadOnlyList<string> Label { get; } = [ProjectionFilter.Label];

    /// <inheritdoc cref="Label"/>
    public static IReadOnlyList<string> Keys { get; } = [Id, ProjectionFilter.Repository, Promotion, Step];

    /// <summary>Writes it in the transaction that is open.</summary>
    public Task WriteAsync(BoltConnection connection, long step, CancellationToken cancellation) =>
        connection.ReadAllAsync(Query(
            $"MERGE {_node} SET n.{ProjectionFilter.Repository} = $repository, n.{Promotion} = $promotion, "
            + $"n.{Step} = $step RETURN count(*)",
            ("repository", repository.ToString()), ("promotion", promotion), ("step", step)), cancellation);

    /// <summary>The step of this promotion that was committed last; 0 for none.</summary>
    public async Task<long> ReadAsync(BoltConnection connection, CancellationToken cancellation)
    {
        var rows = await connection.ReadAllAsync(Query(
            $"MATCH {_node} WHERE n.{Promotion} = $promotion RETURN n.{Step}", ("promotion", promotion)), cancellation)
            .ConfigureAwait(false);
        return rows is [[long step], ..] ? step : 0;
    }

    /// <summary>Removes it, where nothing of Grap's is to stay in the database.</summary>
    public Task RemoveAsync(BoltConnection connection, CancellationToken cancellation) =>
        connection.ReadAllAsync(
            Query($"MATCH {_node} DETACH DELETE n RETURN count(*)") with { Mode = BoltAccessMode.Write }, cancellation);

    private BoltQuery Query(string text, params (string Name, object? Value)[] parameters) =>
        BoltQuery.Create(session.CypherPrefix + text, [("id", _id), .. parameters]) with
        {
            Database = session.Database,
        };
}
