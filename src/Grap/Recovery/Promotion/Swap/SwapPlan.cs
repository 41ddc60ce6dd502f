using System.Globalization;
using Grap.Recovery.States;
using Grap.Servers.Control;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Says what an exchange would do.</summary>
internal static class SwapPlan
{
    /// <summary>The plan.</summary>
    public static PromotionPlan Of(
        RecoveryRecord recovery, StagedStore staged, SwapGround ground, IServerControl control)
    {
        var live = ground.Live;
        return new PromotionPlan
        {
            Strategy = PromotionStrategy.Swap,
            Atomic = true,
            DatabaseId = ground.DatabaseId,
            Reason = ground.Unavailable
                ? "Production does not start, so that its folders are exchanged for staging's."
                : "The server is stopped while folders are renamed, and runs on the old ones or on the new ones.",
            Steps =
            [
                ground.Unavailable
                    ? $"Take no safety backup of database {recovery.Database}, which does not start; its folders are "
                    + "kept as they are, unverified."
                    : $"Take a safety backup of database {recovery.Database} and prove it.",
                string.Create(CultureInfo.InvariantCulture,
                    $"Copy {staged.TotalBytes / (double)(1 << 20):N0} MiB from staging to beside '{live.StoreFolder}' "
                    + $"and '{live.LogFolder}'."),
                $"Stop the server by {control.Description}.",
                "Rename these folders away, and the copies into their places.",
                "Start the server and see that it holds what staging held; change back on any failure.",
            ],
        };
    }

    /// <summary>The plan of going on with a promotion that was interrupted.</summary>
    public static PromotionPlan OfInterrupted(PromotionRecord promotion, IServerControl control) => new()
    {
        Strategy = PromotionStrategy.Swap,
        Atomic = true,
        Reason = $"A promotion was interrupted at the step {promotion.Steps[^1].Name}, and is ended.",
        Steps =
        [
            $"Stop the server by {control.Description}, unless its folders are exchanged already.",
            "Exchange what is not exchanged yet.",
            "Start the server and see that it holds what staging held; change back on any failure.",
        ],
    };
}
