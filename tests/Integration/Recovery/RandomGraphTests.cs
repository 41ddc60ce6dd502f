using System.Globalization;
using CsCheck;
using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;
using Grap.Verification;
using Newtonsoft.Json;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Whatever graph there is, its backup restored is that graph: through Bolt into the database that it was in, and
/// by an import in bulk into a scratch server.</summary>
public sealed class RandomGraphTests(ServerPool servers, ITestOutputHelper output)
{
    // A seed that a failure told, to see it again.
    private static readonly string? s_seed = Environment.GetEnvironmentVariable("GRAP_TEST_SEED");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_graph_comes_back_through_Bolt_and_through_an_import()
    {
        var (graphs, imports) = s_seed is not null ? (1, 1) : ServerPool.IsFull ? (60, 10) : (3, 1);
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var folder = Directory.CreateTempSubdirectory("grap-random-").FullName;
        try
        {
            for (var number = 0; number < graphs; number++)
            {
                var seed = s_seed ?? new PCG((uint)number, (ulong)Random.Shared.NextInt64()).ToString();
                var graph = RandomGraph.Any.Generate(PCG.Parse(seed), null, out _);
                var told = string.Create(CultureInfo.InvariantCulture,
                    $"GRAP_TEST_SEED={seed}: {graph.Nodes.Count} nodes, {graph.Relationships.Count} relationships, {graph.Schema.Count} declarations");
                output.WriteLine(told);
                try
                {
                    await CheckAsync(borrowed, place, graph, number % (graphs / imports) == 0 ? folder : null);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    throw new InvalidOperationException($"{told}: {failure.Message}", failure);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CheckAsync(BorrowedServer server, Workplace place, RandomGraph graph, string? importsIn)
    {
        await EmptyDatabase.MakeAsync(server.Server, Cancellation);
        await graph.CreateAsync(server.Server, Cancellation);
        var declared = await DeclaredAsync(server);
        var backup = await place.TakeAsync();
        Assert.Equal(await place.ReadSimplyAsync(BlockKind.Nodes), place.Elements(backup, BlockKind.Nodes));
        Assert.Equal(await place.ReadSimplyAsync(BlockKind.Relationships), place.Elements(backup, BlockKind.Relationships));

        await EmptyDatabase.MakeAsync(server.Server, Cancellation);
        RestoreResult result;
        await using (var source = new ArchiveGraph(place.Repository.OpenArchive(backup.Id)))
        {
            result = await new GraphRestorer().RestoreAsync(
                source, place.Session, new RestoreOptions { BatchElements = 7 }, null, Cancellation);
        }
        Assert.Empty(result.NotCarried);
        var restored = await place.TakeAsync();
        Assert.Equal(Renumbering.Expected(place.Lines(backup), result.NodeIds), Renumbering.Actual(place.Lines(restored)));
        Assert.Equal(declared, await DeclaredAsync(server));

        if (importsIn is null)
            return;
        var proof = await new Verifier(scratch: new ScratchOptions
        {
            Home = server.Server.Home, Places = [], ParentFolder = importsIn, ImportFrom = 1,
        }).VerifyAsync(place.Repository, backup.Id, VerificationLevel.Restore, null, Cancellation);
        Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
    }

    private static async Task<List<string>> DeclaredAsync(BorrowedServer server)
    {
        var constraints = await server.RunAsync(
            "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties, ownedIndex, options", Cancellation);
        var indexes = await server.RunAsync(
            "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint, state, options", Cancellation);
        return [.. constraints.Concat(indexes).Select(static row => JsonConvert.SerializeObject(row)).Order(StringComparer.Ordinal)];
    }
}
