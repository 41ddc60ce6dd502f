using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>Compares the whole graph with what the transactions in it make of it.</summary>
internal sealed class ContentCheck(Reading database, WorkloadSize size, IReadOnlyList<WriterState> states)
{
    private const int MostRows = 3;
    private const int LongestRow = 160;

    private IEnumerable<WriterState> Small => states.Take(size.Writers);

    private IEnumerable<(WriterState State, int Slot, Item Item)> Items =>
        from state in Small
        from slot in Enumerable.Range(0, state.Items.Length)
        where state.Items[slot] is not null
        select (state, slot, state.Items[slot]);

    private IEnumerable<(int Writer, long Number)> Links =>
        from state in Small
        from offset in Enumerable.Range(0, (int)(state.LastLink - state.FirstLink + 1))
        select (state.Writer, state.FirstLink + offset);

    private long Batches => states.Sum(static state => state.Batches.Count);

    private long BulkNodes => Batches * size.BulkNodes;

    /// <summary>Returns every difference.</summary>
    public async Task<IReadOnlyList<string>> RunAsync() =>
    [
        .. await CompareAsync("account",
            "MATCH (a:Account) RETURN a.number, a.balance",
            Enumerable.Range(0, WorkloadSize.Accounts).Select(account => Reading.Text(
                account, WorkloadSize.OpeningBalance + Small.Sum(state => state.Moved[account])))),
        .. await CompareAsync("item",
            """
            MATCH (i:Item)
            RETURN i.key, i.writer, i.slot, i.serial, labels(i)[0] = 'Item', size(labels(i)),
                [label IN labels(i) WHERE label <> 'Item'], i.version, i.touches, i.length, i.sum, i.numbers, i.text
            """,
            Items.Select(at => RowOf(at.State.Writer, at.Slot, at.Item))),
        .. await CompareAsync("relationship to a hub",
            "MATCH (i)-[t:TOUCHES]->(h) RETURN i.key, h.number, t.number",
            from at in Items
            from touch in at.Item.Touches
            select Reading.Text(Item.KeyOf(at.State.Writer, at.Slot), touch.Hub, touch.Number)),
        .. await CompareAsync("label counter",
            "MATCH (c:LabelCount) RETURN c.writer, c.label, c.count",
            from state in Small
            from temper in Item.Tempers
            select Reading.Text(state.Writer, temper, state.Items.Count(item => item?.Temper == temper))),
        .. await CompareAsync("chain",
            "MATCH (c:Chain) RETURN c.writer, c.length",
            Small.Select(static state => Reading.Text(state.Writer, state.LastLink - state.FirstLink + 1))),
        .. await CompareAsync("link",
            "MATCH (l:Link) OPTIONAL MATCH (l)-[:NEXT]->(next) RETURN l.writer, l.number, next.writer, next.number",
            Links.Select(link => link.Number == states[link.Writer].LastLink
                ? Reading.Text(link.Writer, link.Number, null, null)
                : Reading.Text(link.Writer, link.Number, link.Writer, link.Number + 1))),
        .. await CompareAsync("stamp",
            "MATCH (b:Ballast) WHERE b.stamp IS NOT NULL RETURN b.number, b.stamp, b.twice",
            from state in Small
            from stamp in state.Stamps
            select Reading.Text(stamp.Key, stamp.Value, 2 * stamp.Value)),
        .. await CompareAsync("bulk import",
            """
            MATCH (b:Batch) OPTIONAL MATCH (b)-[h:HOLDS]->(n:Bulk)
            WHERE n.batch = b.batch AND n.number = h.number AND n.text = 'bulk ' + n.number
            RETURN b.batch, b.nodes, count(n), count(DISTINCT n.number), sum(n.number)
            """,
            states.SelectMany(static state => state.Batches).Select(RowOfBatch)),
        .. await CompareAsync("count of nodes",
            "MATCH (n) WITH labels(n) AS labels RETURN count(*)", [Reading.Text(CountNodes())]),
        .. await CompareAsync("count of relationships",
            "MATCH ()-[r]->() RETURN type(r), count(*)", CountRelationships()),
    ];

    private static string RowOf(int writer, int slot, Item item)
    {
        var key = Item.KeyOf(writer, slot);
        return Reading.Text(
            key, writer, slot, $"{key}-{item.Serial}", true, 2, new[] { item.Temper }, item.Version,
            item.Touches.Count, item.Text.Length, item.Numbers.Sum(), item.Numbers, item.Text);
    }

    private string RowOfBatch(long batch)
    {
        long nodes = size.BulkNodes;
        return Reading.Text(batch, nodes, nodes, nodes, nodes * (nodes + 1) / 2);
    }

    private long CountNodes() =>
        states.Count + WorkloadSize.Accounts + WorkloadSize.Hubs + size.Ballast
        + (size.Writers * (1 + Item.Tempers.Length))
        + Items.Count() + Links.Count() + Batches + BulkNodes;

    private IEnumerable<string> CountRelationships() =>
        new (string Type, long Count)[]
        {
            ("BESIDE", 2L * size.Ballast),
            ("TOUCHES", Items.Sum(static at => at.Item.Touches.Count)),
            ("NEXT", Small.Sum(static state => Math.Max(0, state.LastLink - state.FirstLink))),
            ("HOLDS", BulkNodes),
        }.Where(static type => type.Count > 0).Select(static type => Reading.Text(type.Type, type.Count));

    private async Task<IEnumerable<string>> CompareAsync(string what, string query, IEnumerable<string> rows)
    {
        var expected = rows.ToList();
        var found = await database.TextsAsync(query);
        return
        [
            .. Describe("missing", what, Without(expected, found)),
            .. Describe("not expected", what, Without(found, expected)),
        ];
    }

    private static IEnumerable<string> Describe(string how, string what, List<string> rows)
    {
        if (rows.Count > 0)
        {
            yield return $"{rows.Count} × {what} {how}: "
                + string.Join("; ", rows.Take(MostRows).Select(static row => row[..Math.Min(row.Length, LongestRow)]));
        }
    }

    /// <summary>The rows of one list that are not in the other, with their number: two equal rows are two.</summary>
    private static List<string> Without(IEnumerable<string> rows, IEnumerable<string> others)
    {
        var counts = others.GroupBy(static row => row, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.Count(), StringComparer.Ordinal);
        return [.. rows.Where(row => !counts.TryGetValue(row, out var left) || (counts[row] = left - 1) < 0)];
    }
}
