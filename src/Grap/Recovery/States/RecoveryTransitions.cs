namespace Grap.Recovery.States;

/// <summary>Which state may follow which.</summary>
public static class RecoveryTransitions
{
    /// <summary>Every step that there is; each other one is refused.</summary>
    public static IReadOnlySet<(RecoveryState From, RecoveryState To)> Legal { get; } =
        new HashSet<(RecoveryState, RecoveryState)>
        {
            (RecoveryState.NotRecovering, RecoveryState.Recovering),
            (RecoveryState.Recovering, RecoveryState.Validation),
            (RecoveryState.Recovering, RecoveryState.RecoveryFailed),
            (RecoveryState.Validation, RecoveryState.RecoverySuccess),
            (RecoveryState.Validation, RecoveryState.RecoveryFailed),
            (RecoveryState.RecoverySuccess, RecoveryState.Promoted),
            // Undone: production is what it was, and what was restored still waits in staging.
            (RecoveryState.Promoted, RecoveryState.RecoverySuccess),
            // Stopped, discarded, or done with: staging is removed.
            (RecoveryState.Recovering, RecoveryState.NotRecovering),
            (RecoveryState.Validation, RecoveryState.NotRecovering),
            (RecoveryState.RecoverySuccess, RecoveryState.NotRecovering),
            (RecoveryState.RecoveryFailed, RecoveryState.NotRecovering),
            (RecoveryState.Promoted, RecoveryState.NotRecovering),
        };

    /// <summary>Refuses a step that is none.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>.</exception>
    public static void Check(RecoveryRecord from, RecoveryState to)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (!Legal.Contains((from.State, to)))
            throw Refuse(from, $"cannot become {to.Name()}");
    }

    /// <summary>What is asked for does not go with the state.</summary>
    internal static GrapException Refuse(RecoveryRecord record, string what, string? action = null) => new(
        GrapCondition.RecoveryStateInvalid,
        $"The recovery of database '{record.Database}' is {record.Status} and {what}.",
        action ?? "Look at it with Get-GrapRecovery. Start-GrapRecovery begins one, Stop-GrapRecovery ends one under "
            + "way, Reset-GrapRecovery discards what one left.", record.Database);
}
