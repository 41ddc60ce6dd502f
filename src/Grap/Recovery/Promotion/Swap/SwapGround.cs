using System.Globalization;
using Grap.OnlineCopy;
using Grap.Servers.Control;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Where production is and what stops and starts it: what a journal keeps of a promotion, so that it can be
/// continued or undone by another process.</summary>
/// <param name="Live">The database's folders.</param>
/// <param name="Control">What stops and starts the server; not given where it was by commands.</param>
/// <param name="Unavailable">Whether production did not start.</param>
internal sealed record SwapGround(DatabaseFiles Live, ServerControlOptions Control, bool Unavailable)
{
    private const string DataDetail = "dataFolder";
    private const string LogDetail = "logRoot";
    private const string UnavailableDetail = "productionUnavailable";
    private const string TransactionDetail = "safetyTransaction";

    /// <summary>The transaction that the safety backup ends with; null where there is none.</summary>
    public long? SafetyTransaction { get; init; }

    /// <summary>The uuid of production's database, while it is connected to.</summary>
    public Guid? DatabaseId { get; init; }

    /// <summary>As text by name.</summary>
    public IReadOnlyDictionary<string, string> ToDetails()
    {
        var details = new Dictionary<string, string>(Control.ToDetails(), StringComparer.Ordinal)
        {
            [DataDetail] = Live.DataFolder,
            [LogDetail] = Live.LogRoot,
        };
        if (Unavailable)
            details[UnavailableDetail] = "true";
        if (SafetyTransaction is { } transaction)
            details[TransactionDetail] = transaction.ToString(CultureInfo.InvariantCulture);
        return details;
    }

    /// <summary>From the first step of a promotion.</summary>
    /// <param name="database">The database.</param>
    /// <param name="step">The step.</param>
    /// <param name="given">What stops and starts the server, as the user says now; what the step says counts where that
    /// says nothing.</param>
    public static SwapGround From(string database, PromotionStep step, ServerControlOptions given) => new(
        new DatabaseFiles(database, step.Details[DataDetail], step.Details[LogDetail]),
        given.IsGiven ? given : ServerControlOptions.FromDetails(step.Details),
        step.Details.ContainsKey(UnavailableDetail))
    {
        SafetyTransaction = step.Details.TryGetValue(TransactionDetail, out var transaction)
            ? long.Parse(transaction, CultureInfo.InvariantCulture)
            : null,
    };
}
