using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Recovery.Promotion.Applying;
using Grap.Tests.Unit.Comparison;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Promotion.Applying;

/// <summary>The phases carried out over a graph in memory that refuses what Neo4j refuses: a node that still has
/// relationships is not deleted, a relationship needs its nodes, and a unique value has one holder at every
/// step.</summary>
public sealed class ApplyOrderTests
{
    private static readonly GraphConstraint s_unique = new()
    {
        Name = "unique",
        Type = "UNIQUENESS",
        EntityType = "NODE",
        LabelsOrTypes = ["U"],
        Properties = ["key"],
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_differences_with_unique_values_in_cycles_are_applied_in_order(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var (present, wanted) = (Graph(random), Graph(random));
            Apply(new Strict(present), await PlanAsync(present, wanted), ApplyPhase.InOrder);

            Assert.Equal(wanted.Nodes, present.Nodes);
            Assert.Equal(wanted.Relationships, present.Relationships);
        }
    }

    [Fact]
    public async Task Without_letting_go_of_values_first_an_exchange_is_refused()
    {
        var (present, wanted) = (new ModelGraph(), new ModelGraph());
        foreach (var id in new[] { 1L, 2L })
        {
            present.Nodes[id] = ElementBytes.Node(id, ["U"], ("key", id));
            wanted.Nodes[id] = ElementBytes.Node(id, ["U"], ("key", 3 - id));
        }
        var plan = await PlanAsync(present, wanted);

        Assert.Throws<InvalidOperationException>(() => Apply(
            new Strict(present), plan, ApplyPhase.InOrder.Where(static phase => !phase.Releases)));
    }

    private static void Apply(Strict graph, DifferencePlan plan, IEnumerable<ApplyPhase> phases)
    {
        var unique = new UniqueValues([s_unique]);
        foreach (var phase in phases)
        {
            foreach (var change in plan.Changes(phase.Kind, phase.Change))
            {
                if (phase.Change == ChangeKind.Removed)
                    graph.Delete(phase.Kind, change.Id);
                else if (!phase.Releases)
                    graph.Put(phase.Kind, change.Id, change.After.ToArray());
                else if (ElementEdit.Of(phase.Kind, change) is var edit
                    && (unique.Released(phase.Kind, edit).Count > 0 || unique.LosesLabel(phase.Kind, edit)))
                    graph.Put(phase.Kind, change.Id, ElementBytes.Node(change.Id, []));
            }
        }
    }

    private static Task<DifferencePlan> PlanAsync(ModelGraph present, ModelGraph wanted) => DifferencePlan.MakeAsync(
        present, wanted, long.MaxValue, new GraphComparer(), null, TestContext.Current.CancellationToken);

    // Up to eight nodes with the keys 0 to 7, dealt anew each time, some without the label that makes them unique.
    private static ModelGraph Graph(Random random)
    {
        var graph = new ModelGraph();
        var keys = Enumerable.Range(0, 8).ToArray();
        random.Shuffle(keys);
        for (var id = 0L; id < 8; id++)
        {
            if (random.Next(4) > 0)
                graph.Nodes[id] = ElementBytes.Node(id, random.Next(4) > 0 ? ["U"] : ["V"], ("key", (long)keys[id]));
        }
        var nodes = graph.Nodes.Keys.ToArray();
        for (var id = 0L; id < 12 && nodes.Length > 0; id++)
        {
            graph.Relationships[id] = ElementBytes.Relationship(
                id, nodes[random.Next(nodes.Length)], nodes[random.Next(nodes.Length)], "T", ("p", (long)random.Next(2)));
        }
        return graph;
    }

    private sealed class Strict(ModelGraph graph)
    {
        public void Delete(BlockKind kind, long id)
        {
            if (kind == BlockKind.Nodes && graph.Relationships.Values.Any(r => Ends(r).Contains(id)))
                throw new InvalidOperationException($"Node {id} still has relationships.");
            if (!(kind == BlockKind.Nodes ? graph.Nodes : graph.Relationships).Remove(id))
                throw new InvalidOperationException($"Element {id} is not there.");
        }

        public void Put(BlockKind kind, long id, byte[] element)
        {
            if (kind == BlockKind.Relationships)
            {
                if (!Ends(element).All(graph.Nodes.ContainsKey))
                    throw new InvalidOperationException($"Relationship {id} lacks a node.");
                graph.Relationships[id] = element;
                return;
            }
            graph.Nodes[id] = element;
            var keys = graph.Nodes.Values.Select(Key).OfType<long>().ToList();
            if (keys.Distinct().Count() < keys.Count)
                throw new InvalidOperationException($"Node {id} takes a value that another holds.");
        }

        private static long[] Ends(byte[] element)
        {
            var reader = new PackStreamReader(element);
            var relationship = RelationshipElement.Read(element, ref reader);
            return [relationship.StartId, relationship.EndId];
        }

        private static long? Key(byte[] element)
        {
            var reader = new PackStreamReader(element);
            var node = NodeElement.Read(element, ref reader);
            var labels = (IReadOnlyList<object?>)new PackStreamReader(node.Labels).ReadValue()!;
            var properties = (IReadOnlyDictionary<string, object?>)new PackStreamReader(node.Properties).ReadValue()!;
            return labels.Contains("U") ? properties.GetValueOrDefault("key") as long? : null;
        }
    }
}
