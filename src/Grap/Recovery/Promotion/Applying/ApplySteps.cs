using System.Globalization;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>The names of steps, and what the journal keeps of them.</summary>
internal static class ApplySteps
{
    /// <summary>Names of labels, types and keys are made known.</summary>
    public const string Names = "Names";
    /// <summary>The safety backup is taken.</summary>
    public const string Safety = "Safety";
    /// <summary>Production is read, where a promotion goes on that was interrupted.</summary>
    public const string Read = "Read";
    /// <summary>The difference is computed.</summary>
    public const string Compare = "Compare";
    /// <summary>What is declared and is not to be is dropped.</summary>
    public const string Drop = "DropSchema";
    /// <summary>All elements are written, and the one transaction is about to be committed.</summary>
    public const string Commit = "Commit";
    /// <summary>COMMIT is about to be sent.</summary>
    public const string Committing = "Committing";
    /// <summary>The elements are what they are to be.</summary>
    public const string Written = "Written";
    /// <summary>What is to be declared is created.</summary>
    public const string Create = "CreateSchema";
    /// <summary>All is what it is to be.</summary>
    public const string Applied = "Applied";
    /// <summary>Production is compared with the backup.</summary>
    public const string Verify = "Verify";

    private const string Connection = "connection";
    private const string Newest = "transaction";
    private const string Counter = "number";

    /// <summary>What whoever finds the step needs to find out what became of it.</summary>
    /// <param name="newest">The newest transaction that is known to be the promotion's own, or was there before
    /// it.</param>
    /// <param name="number">The number that the mark carries.</param>
    /// <param name="connectionId">The server's name for the connection, where that matters.</param>
    public static Dictionary<string, string> Details(long newest, long number, string? connectionId = null)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Newest] = newest.ToString(CultureInfo.InvariantCulture),
            [Counter] = number.ToString(CultureInfo.InvariantCulture),
        };
        if (connectionId is not null)
            details[Connection] = connectionId;
        return details;
    }

    /// <summary>The connection that a step's transaction was sent over.</summary>
    public static string? ConnectionOf(PromotionStep step) => step.Details.GetValueOrDefault(Connection);

    /// <summary>The number that the step's mark carries.</summary>
    public static long NumberOf(PromotionStep step) => NumberIn(step, Counter);

    /// <summary>The newest transaction known to be the promotion's own, or there before it, when the step was
    /// begun.</summary>
    public static long TransactionOf(PromotionStep step) => NumberIn(step, Newest);

    /// <summary>The same now, when the mark carries <paramref name="mark"/>. What changes the schema carries no mark: how
    /// much of it was done is not known, and nothing of it is counted.</summary>
    public static long TransactionAfter(PromotionStep step, long mark)
    {
        // The number of one transaction is its own; that of many is the last before them.
        var before = NumberOf(step) - (step.Name == Commit ? 1 : 0);
        return TransactionOf(step) + Math.Max(0, mark - before);
    }

    /// <summary>How many transactions more than are known may be the promotion's own when it is applied: each that
    /// created an index or a constraint may have had one before it, for the names that it needs.</summary>
    public static long Unknown(IReadOnlyList<PromotionStep> steps) =>
        steps is [.., { Name: Create } create, { Name: Applied } applied]
            ? TransactionOf(applied) - TransactionOf(create)
            : 0;

    private static long NumberIn(PromotionStep step, string name) => long.TryParse(
        step.Details.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
