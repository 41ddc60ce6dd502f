using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Comparison;
using Grap.Graphs;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>Turns changes into the rows of queries. Queries that create return the list of what they created; all
/// others, how many elements they found.</summary>
internal sealed class ChangeRows(RestoreJob job, UniqueValues unique, IReadOnlyDictionary<long, long> created)
{
    private readonly LabelQueries _nodes = new(job, nodes: true);
    private readonly LabelQueries _relationships = new(job, nodes: false);

    /// <summary>Adds a change to a batch, as far as the phase concerns it.</summary>
    public void Add(WriteBatch batch, ApplyPhase phase, PlannedChange change)
    {
        switch (phase.Change)
        {
            case ChangeKind.Removed:
                AddRemoval(batch, phase.Kind, change.Id);
                break;
            case ChangeKind.Added when phase.Kind == BlockKind.Nodes:
                AddNode(batch, change);
                break;
            case ChangeKind.Added:
                AddRelationship(batch, change);
                break;
            case ChangeKind.Changed when phase.Releases:
                AddRelease(batch, phase.Kind, ElementEdit.Of(phase.Kind, change));
                break;
            default:
                AddEdit(batch, phase.Kind, ElementEdit.Of(phase.Kind, change));
                break;
        }
    }

    private void AddRemoval(WriteBatch batch, BlockKind kind, long id)
    {
        // A node may still have relationships to what Grap itself keeps in the database, which no backup has.
        var rows = batch.For(job.CypherPrefix + (kind == BlockKind.Nodes
            ? "MATCH (e) WHERE id(e) IN $rows DETACH DELETE e RETURN count(*)"
            : "MATCH ()-[e]->() WHERE id(e) IN $rows DELETE e RETURN count(*)"));
        rows.BeginRow().Write(id);
        rows.EndRow();
    }

    private void AddNode(WriteBatch batch, PlannedChange change)
    {
        var reader = new PackStreamReader(change.After.Span);
        var node = NodeElement.Read(change.After.Span, ref reader);
        job.AddRow(batch, _nodes.Of(node.Labels)!, [node.Id], node.Properties);
    }

    private void AddRelationship(WriteBatch batch, PlannedChange change)
    {
        var reader = new PackStreamReader(change.After.Span);
        var relationship = RelationshipElement.Read(change.After.Span, ref reader);
        job.AddRow(
            batch, _relationships.Of(relationship.Type)!,
            [Present(relationship.StartId), Present(relationship.EndId)], relationship.Properties);
    }

    // A node that was there keeps its id; one that was created has the id that the server gave it.
    private long Present(long id) => created.GetValueOrDefault(id, id);

    private void AddRelease(WriteBatch batch, BlockKind kind, ElementEdit edit)
    {
        var keys = unique.Released(kind, edit);
        List<string> labels = unique.LosesLabel(kind, edit) ? [.. edit.Removed] : [];
        if (keys.Count == 0 && labels.Count == 0)
            return;
        var rows = batch.For(Edit(kind, [], labels) + "RETURN count(*)");
        var row = rows.BeginRow();
        row.WriteListHeader(2);
        row.Write(edit.Id);
        row.WriteMapHeader(keys.Count);
        foreach (var key in keys)
        {
            row.Write(key);
            row.WriteNull();
        }
        rows.EndRow();
    }

    private void AddEdit(WriteBatch batch, BlockKind kind, ElementEdit edit)
    {
        var vectorKeys = (kind == BlockKind.Nodes ? job.NodeVectors : job.RelationshipVectors).KeysOf(edit.NamesAfter);
        List<string> vectors = vectorKeys.Count == 0 ? [] : VectorProperties.Find(edit.Properties.Span, vectorKeys);
        var text = Edit(kind, [.. edit.Added], [.. edit.Removed]);
        if (vectors.Count > 0)
        {
            text += LabelQueries.SetVectors(
                kind == BlockKind.Nodes ? "setNodeVectorProperty" : "setRelationshipVectorProperty", 1);
        }
        job.AddRow(batch.For(text + "RETURN count(*)"), [edit.Id], edit.Properties.Span, vectors);
    }

    private string Edit(BlockKind kind, List<string> added, List<string> removed) =>
        $"{job.CypherPrefix}UNWIND $rows AS row MATCH {(kind == BlockKind.Nodes ? "(e)" : "()-[e]->()")} "
        + "WHERE id(e) = row[0] SET e += row[1] "
        + (added.Count > 0 ? $"SET e{CypherName.Labels(added)} " : "")
        + (removed.Count > 0 ? $"REMOVE e{CypherName.Labels(removed)} " : "");
}
