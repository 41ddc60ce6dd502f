namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Random numbers that are the same in every process.</summary>
internal static class Dice
{
    /// <summary>The dice of one transaction of one writer.</summary>
    public static Random For(int seed, int writer, long number)
    {
        // Multipliers from SplitMix64 spread neighbouring numbers; HashCode would differ from process to process.
        var mixed = unchecked(
            ((ulong)((seed * 31L) + writer) * 0x9E3779B97F4A7C15) ^ ((ulong)number * 0xBF58476D1CE4E5B9));
        return new Random(unchecked((int)(mixed ^ (mixed >> 32))));
    }
}
