using System.Text.Json;

namespace Grap.Recovery.States;

/// <summary>Where a recovery is.</summary>
public enum RecoveryState
{
    /// <summary>There is none.</summary>
    NotRecovering,
    /// <summary>The backup is being restored into staging.</summary>
    Recovering,
    /// <summary>What came out is being looked at.</summary>
    Validation,
    /// <summary>Staging holds what the backup says, and waits to be promoted or discarded.</summary>
    RecoverySuccess,
    /// <summary>It could not be restored, or does not hold what it should.</summary>
    RecoveryFailed,
    /// <summary>Staging's content is production's.</summary>
    Promoted,
}

/// <summary>The states' names as users see them, in the record and in the database.</summary>
public static class RecoveryStateNames
{
    /// <summary>As <c>RECOVERY_SUCCESS</c>.</summary>
    public static string Name(this RecoveryState state) =>
        JsonNamingPolicy.SnakeCaseUpper.ConvertName(state.ToString());
}
