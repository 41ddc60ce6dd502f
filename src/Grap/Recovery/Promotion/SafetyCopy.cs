namespace Grap.Recovery.Promotion;

/// <summary>Folders that a server ran on before a promotion, kept beside those that it runs on now until somebody
/// removes them.</summary>
/// <param name="Folders">Their paths.</param>
/// <param name="State">What is known of them.</param>
public sealed record SafetyCopy(IReadOnlyList<string> Folders, SafetyCopyState State);

/// <summary>What is known of folders that are kept.</summary>
public enum SafetyCopyState
{
    /// <summary>The server ran on them and was stopped in peace; a proven safety backup stands beside them.</summary>
    Stopped,
    /// <summary>The server did not start on them: nothing is known of what they hold.</summary>
    Unverified,
}
