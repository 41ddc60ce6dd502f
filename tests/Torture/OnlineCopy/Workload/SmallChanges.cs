namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Small transactions of every kind, one after the other as fast as the server takes them.</summary>
internal sealed class SmallChanges(int seed, int ballast, int writers) : IScript
{
    private const int ShortestText = 3;
    private const int LongestText = 4000;
    private const int MostNumbers = 300;
    private const long LargestNumber = 1L << 40;
    private const int MostLinks = 60;
    private const int StampsPerStep = 3;
    private const int MostTouches = 6;

    public TimeSpan RestBefore(long number) => TimeSpan.Zero;

    public Step Next(WriterState state)
    {
        var number = state.Number + 1;
        var random = Dice.For(seed, state.Writer, number);
        var step = new StepBuilder(state.Writer, number);
        var slot = random.Next(WorkloadSize.Items);
        var kind = random.Next(100);
        if (kind < 20)
            Transfer(step, random);
        else if (kind < 30)
            Chain(step, state);
        else if (kind < 50)
            Stamp(step, random);
        else if (state.Items[slot] is not { } item)
            Create(step, slot, random);
        else if (kind < 60)
            Replace(step, slot, item, random, again: kind < 55);
        else if (kind < 80)
            Grow(step, slot, item, random);
        else if (kind < 90)
            Relabel(step, slot, item);
        else
            Touch(step, slot, item, random);
        return step.Build();
    }

    private static void Transfer(StepBuilder step, Random random)
    {
        // Always the lower account first, so that two writers do not wait for each other.
        var from = random.Next(WorkloadSize.Accounts - 1);
        var to = random.Next(from + 1, WorkloadSize.Accounts);
        var amount = random.NextInt64(-100, 100);
        step.Run(
            """
            MATCH (a:Account { number: $from })
            SET a.balance = a.balance - $amount
            WITH 1 AS done
            MATCH (b:Account { number: $to })
            SET b.balance = b.balance + $amount
            """,
            ("from", (long)from), ("to", (long)to), ("amount", amount));
        step.Then(state =>
        {
            state.Moved[from] -= amount;
            state.Moved[to] += amount;
        });
    }

    /// <summary>Appends a link, and cuts the first off where the chain is long.</summary>
    private static void Chain(StepBuilder step, WriterState state)
    {
        var link = state.LastLink + 1;
        var cut = link - state.FirstLink >= MostLinks;
        step.Run(
            """
            MATCH (c:Chain { writer: $writer })
            OPTIONAL MATCH (last:Link { writer: $writer, number: $link - 1 })
            CREATE (link:Link { writer: $writer, number: $link })
            FOREACH (before IN CASE WHEN last IS NULL THEN [] ELSE [last] END | CREATE (before)-[:NEXT]->(link))
            SET c.length = c.length + 1
            """, ("link", link));
        if (cut)
        {
            step.Run(
                """
                MATCH (c:Chain { writer: $writer }), (first:Link { writer: $writer, number: $first })
                DETACH DELETE first
                SET c.length = c.length - 1
                """, ("first", state.FirstLink));
        }
        step.Then(next =>
        {
            next.LastLink = link;
            next.FirstLink += cut ? 1 : 0;
        });
    }

    /// <summary>Writes into nodes all over the store, so that pages of it are always being evicted. Each node is one
    /// writer's.</summary>
    private void Stamp(StepBuilder step, Random random)
    {
        var stamped = new List<int>();
        for (var i = 0; i < StampsPerStep; i++)
            stamped.Add(random.Next(ballast / writers) * writers + (step.Writer % writers));
        step.Run(
            "UNWIND $numbers AS number MATCH (b:Ballast { number: number }) SET b.stamp = $n, b.twice = 2 * $n",
            ("numbers", stamped.Select(static number => (object?)(long)number).ToList()));
        step.Then(state => stamped.ForEach(node => state.Stamps[node] = step.Number));
    }

    private static void Create(StepBuilder step, int slot, Random random)
    {
        var item = new Item(step.Number)
        {
            Version = step.Number,
            Text = TextOf(random, random.Next(ShortestText, 40)),
            Temper = Item.Tempers[random.Next(Item.Tempers.Length)],
        };
        step.Run(
            $$"""
            CREATE (:Item:{{item.Temper}} { key: $key, writer: $writer, slot: $slot, serial: $key + '-' + $n,
                version: $n, text: $text, length: $length, numbers: [], sum: 0, touches: 0 })
            """, [("key", Item.KeyOf(step.Writer, slot)), ("slot", (long)slot), .. TextAndLength(item.Text)]);
        Count(step, item.Temper, 1);
        step.Then(state => state.Items[slot] = item);
    }

    private static void Replace(StepBuilder step, int slot, Item item, Random random, bool again)
    {
        step.Run("MATCH (i:Item { key: $key }) DETACH DELETE i", ("key", Item.KeyOf(step.Writer, slot)));
        Count(step, item.Temper, -1);
        step.Then(state => state.Items[slot] = null);
        if (again)
            Create(step, slot, random);
    }

    private static void Grow(StepBuilder step, int slot, Item item, Random random)
    {
        var length = item.Text.Length * 2 > LongestText ? ShortestText : random.Next(1, 1 + item.Text.Length);
        var text = length == ShortestText ? TextOf(random, length) : item.Text + TextOf(random, length);
        var numbers = item.Numbers.Length * 2 > MostNumbers
            ? [random.NextInt64(LargestNumber)]
            : item.Numbers.AddRange(Enumerable.Range(0, 1 + random.Next(1 + item.Numbers.Length))
                .Select(_ => random.NextInt64(LargestNumber)));
        step.Run(
            """
            MATCH (i:Item { key: $key })
            SET i.version = $n, i.text = $text, i.length = $length, i.numbers = $numbers, i.sum = $sum
            """,
            [
                ("key", Item.KeyOf(step.Writer, slot)), .. TextAndLength(text),
                ("numbers", numbers.Select(static value => (object?)value).ToList()), ("sum", numbers.Sum()),
            ]);
        var grown = item with { Version = step.Number, Text = text, Numbers = numbers };
        step.Then(state => state.Items[slot] = grown);
    }

    private static void Relabel(StepBuilder step, int slot, Item item)
    {
        var at = Item.Tempers.IndexOf(item.Temper);
        var temper = Item.Tempers[(at + 1) % Item.Tempers.Length];
        step.Run(
            $"MATCH (i:Item {{ key: $key }}) REMOVE i:{item.Temper} SET i:{temper}, i.version = $n",
            ("key", Item.KeyOf(step.Writer, slot)));
        Count(step, item.Temper, -1);
        Count(step, temper, 1);
        var changed = item with { Version = step.Number, Temper = temper };
        step.Then(state => state.Items[slot] = changed);
    }

    /// <summary>Connects the item with a hub that many are connected with, or takes all its connections away.</summary>
    private static void Touch(StepBuilder step, int slot, Item item, Random random)
    {
        var touch = new Touch(random.Next(WorkloadSize.Hubs), step.Number);
        var ends = item.Touches.Count >= MostTouches;
        var key = ("key", (object?)Item.KeyOf(step.Writer, slot));
        if (ends)
        {
            step.Run(
                """
                MATCH (i:Item { key: $key })
                SET i.version = $n, i.touches = 0
                WITH i MATCH (i)-[t:TOUCHES]->() DELETE t
                """, key);
        }
        else
        {
            step.Run(
                """
                MATCH (i:Item { key: $key }), (h:Hub { number: $hub })
                SET i.version = $n, i.touches = i.touches + 1
                CREATE (i)-[:TOUCHES { number: $n }]->(h)
                """, key, ("hub", (long)touch.Hub));
        }
        var touched = item with
        {
            Version = step.Number,
            Touches = ends ? [] : item.Touches.Add(touch),
        };
        step.Then(state => state.Items[slot] = touched);
    }

    private static void Count(StepBuilder step, string temper, int change) => step.Run(
        "MATCH (c:LabelCount { writer: $writer, label: $label }) SET c.count = c.count + $change",
        ("label", temper), ("change", (long)change));

    private static (string, object?)[] TextAndLength(string text) =>
        [("text", text), ("length", (long)text.Length)];

    /// <summary>Plain letters, or letters of two and three bytes: the store keeps them in different ways.</summary>
    private static string TextOf(Random random, int length)
    {
        var first = random.Next(4) switch { 0 => 'à', 1 => 'あ', _ => 'a' };
        return string.Create(length, (random, first), static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = (char)(from.first + from.random.Next(26));
        });
    }
}
