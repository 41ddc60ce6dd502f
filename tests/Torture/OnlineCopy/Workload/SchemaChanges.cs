using System.Collections.Immutable;
using System.Globalization;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Indexes and constraints of every kind that Community has, created and dropped in turn. A transaction that
/// changes the schema changes nothing else, so the names say how many there were.</summary>
internal sealed class SchemaChanges(int seed)
{
    /// <summary>What names of these indexes and constraints begin with.</summary>
    public const string Prefix = "turn_";

    private const int LongestRestMilliseconds = 1200;

    // How many are there at a time.
    private const int Kept = 2;

    private static readonly ImmutableArray<string> s_kinds =
    [
        "INDEX {0} IF NOT EXISTS FOR (b:Ballast) ON (b.stamp)",
        "CONSTRAINT {0} IF NOT EXISTS FOR (i:Item) REQUIRE i.serial IS UNIQUE",
        "TEXT INDEX {0} IF NOT EXISTS FOR (i:Item) ON (i.text)",
        "FULLTEXT INDEX {0} IF NOT EXISTS FOR (b:Ballast) ON EACH [b.text]",
        "INDEX {0} IF NOT EXISTS FOR ()-[t:TOUCHES]-() ON (t.number)",
        "CONSTRAINT {0} IF NOT EXISTS FOR (b:Ballast) REQUIRE b.text IS UNIQUE",
    ];

    /// <summary>How long the writer rests before a change.</summary>
    public TimeSpan RestBefore(long number) =>
        TimeSpan.FromMilliseconds(Dice.For(seed, -2, number).Next(LongestRestMilliseconds));

    /// <summary>The change with a number; the first is 1. Odd ones create, even ones drop.</summary>
    public static string Query(long number)
    {
        if (number % 2 == 1)
        {
            var created = (number + 1) / 2;
            return "CREATE " + string.Format(CultureInfo.InvariantCulture, KindOf(created), Name(created));
        }
        var dropped = (number / 2) - Kept;
        return IsConstraint(dropped)
            ? $"DROP CONSTRAINT {Name(dropped)} IF EXISTS"
            : $"DROP INDEX `{Name(dropped)}` IF EXISTS"; // the first two drop what never was, under odd names
    }

    /// <summary>The constraint whose index a server that died may have left without it, if the change with this number
    /// creates one.</summary>
    public static string? ConstraintOf(long number) =>
        number % 2 == 1 && IsConstraint((number + 1) / 2) ? Name((number + 1) / 2) : null;

    /// <summary>What is there after a number of changes.</summary>
    public static IEnumerable<string> NamesAfter(long number)
    {
        for (var at = Math.Max(1, (number / 2) - Kept + 1); at <= (number + 1) / 2; at++)
            yield return Name(at);
    }

    private static string Name(long at) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{at}");

    private static string KindOf(long at) => s_kinds[(int)(at % s_kinds.Length)];

    private static bool IsConstraint(long at) =>
        at > 0 && KindOf(at).StartsWith("CONSTRAINT", StringComparison.Ordinal);
}
