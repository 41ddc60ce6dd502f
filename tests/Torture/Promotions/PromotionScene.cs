using Grap.Backups;
using Grap.Bolt;
using Grap.Comparison;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.States;
using Grap.Servers.Installations;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Promotions;

/// <summary>A production that differs from a backup which waits to be promoted to it, and the backups that tell which of
/// the two it is.</summary>
internal sealed class PromotionScene
{
    private const string New = "new";
    private const string Old = "old";

    // Exchanged unique values in a cycle, deleted and created elements, other labels, other properties.
    private static readonly string[] s_changes =
    [
        "CREATE CONSTRAINT torture_unique IF NOT EXISTS FOR (n:Torture) REQUIRE n.key IS UNIQUE",
        "UNWIND range(1, 60) AS i CREATE (:Torture {key: i, text: 'new'})-[:NEXT {i: i}]->(:Other {i: i})",
    ];

    private static readonly string[] s_sinceThen =
    [
        "MATCH (n:Torture) WHERE n.key <= 3 SET n.key = n.key + 1000",
        "MATCH (n:Torture) WHERE n.key > 1000 SET n.key = (n.key - 1000) % 3 + 1",
        "MATCH (n:Torture) WHERE n.key IN [10, 11, 12] DETACH DELETE n",
        "MATCH (n:Torture) WHERE n.key IN [20, 21] SET n:More, n.text = 'old', n.more = [1, 2]",
        "MATCH (n:Torture)-[r:NEXT]->() WHERE n.key IN [30, 31] SET r.i = -1",
        "MATCH (n:Torture)-[r:NEXT]->() WHERE n.key IN [40, 41] DELETE r",
        "UNWIND range(1, 5) AS i CREATE (:Torture {key: 500 + i})-[:NEXT]->(:Later)",
    ];

    private readonly Site _site;

    private PromotionScene(Site site) => _site = site;

    /// <summary>The database.</summary>
    public string Database => _site.Session.Database;

    /// <summary>How to promote.</summary>
    public static ApplyOptions Options(string how) => new()
    {
        Stepwise = how == ChildWord.Stepwise,
        BatchElements = how == ChildWord.Stepwise ? 2 : new ApplyOptions().BatchElements,
    };

    /// <summary>Whether what a promotion tells is a step's name, and no percentage.</summary>
    public static bool IsStep(string status) => status.Length > 0 && status.All(char.IsAsciiLetter);

    /// <summary>Takes the backup, makes production another, and says that the backup was recovered.</summary>
    public static async Task<PromotionScene> PrepareAsync(Site site, CancellationToken cancellation)
    {
        var scene = new PromotionScene(site);
        foreach (var change in s_changes)
            await scene.WriteAsync(change, cancellation);
        await site.TakeAsync(New, cancellation);
        foreach (var change in s_sinceThen)
            await scene.WriteAsync(change, cancellation);
        await site.TakeAsync(Old, cancellation);
        var repository = site.Open();
        using var held = new RecoveryBook(repository).Begin(
            repository.Get(New), [], Path.Combine(site.Notes, "staging"), cancellation);
        held.MoveTo(RecoveryState.Validation);
        held.MoveTo(RecoveryState.RecoverySuccess);
        return scene;
    }

    /// <summary>What the record says.</summary>
    public RecoveryRecord Record() => new RecoveryBook(_site.Open()).Read(Database);

    /// <summary>Whether production is the graph of the backup that is promoted.</summary>
    public Task<bool> IsNewAsync(CancellationToken cancellation) => IsAsync(New, cancellation);

    /// <summary>Whether production is the graph that it was.</summary>
    public Task<bool> IsOldAsync(CancellationToken cancellation) => IsAsync(Old, cancellation);

    private async Task<bool> IsAsync(string id, CancellationToken cancellation)
    {
        await using var backup = await GraphSources.OpenAsync(_site.Open(), id, new ScratchOptions(), null, cancellation);
        await using var live = await GraphSources.OpenAsync(_site.Session, cancellation);
        return (await new GraphComparer().CompareContentAsync(backup, live, null, cancellation)).Equal;
    }

    private async Task WriteAsync(string text, CancellationToken cancellation)
    {
        await using var connection = await _site.Session.ConnectAsync(BoltAccessMode.Write, cancellation);
        var query = new BoltQuery(text) { Database = Database, Mode = BoltAccessMode.Write };
        await using var cursor = await connection.RunAsync(query, cancellation);
        while (await cursor.ReadAsync(cancellation))
        {
            // Nothing of interest comes back.
        }
    }
}
