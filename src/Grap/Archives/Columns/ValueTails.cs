namespace Grap.Archives.Columns;

/// <summary>What follows a marker in a value: bytes of which run, and how many.</summary>
internal static class ValueTails
{
    /// <summary>The marker alone does not tell the length. No run has so many bytes.</summary>
    private const int Unknown = int.MaxValue;

    private static readonly (int Run, int Length)[] s_tails = [.. Enumerable.Range(0, 256).Select(static marker =>
        ValueClasses.Of((byte)marker) switch
        {
            ValueClass.Bare => (ColumnRun.Markers, 0),
            ValueClass.One => (ColumnRun.Ones, 1),
            ValueClass.Two => (ColumnRun.Twos, 2),
            ValueClass.Four => (ColumnRun.Fours, 4),
            ValueClass.Eight => (ColumnRun.Eights, 8),
            ValueClass.Tiny => (ColumnRun.Others, marker & 0x0F),
            _ => (ColumnRun.Others, Unknown),
        })];

    /// <summary>The run, and how many of its bytes.</summary>
    public static (int Run, int Length) Of(byte marker) => s_tails[marker];
}
