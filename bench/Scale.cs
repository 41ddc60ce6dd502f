namespace Grap.Bench;

/// <summary>How large the graphs are, and how often things are measured.</summary>
/// <param name="Nodes">Nodes of the usual graph; it has twice as many relationships.</param>
/// <param name="Rounds">How often each side is measured, in turn; the median counts.</param>
/// <param name="Listed">Backups in the repository that is listed.</param>
internal sealed record Scale(int Nodes, int Rounds, int Listed)
{
    public static Scale Full { get; } = new(500_000, 5, 10_000);

    public static Scale Small { get; } = new(50_000, 3, 1_000);
}
