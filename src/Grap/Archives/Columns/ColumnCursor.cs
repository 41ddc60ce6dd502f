using System.Runtime.CompilerServices;

namespace Grap.Archives.Columns;

/// <summary>A run of a column: where in the form its next byte is, and where it ends.</summary>
internal struct RunCursor
{
    public int Next;
    public int End;

    /// <summary>Bytes that are left.</summary>
    public readonly int Length => End - Next;
}

/// <summary>How far the runs of a column have been read, by <see cref="ColumnRun"/>.</summary>
[InlineArray(ColumnLayout.RunCount)]
internal struct ColumnCursor
{
    private RunCursor _first;
}

/// <summary>The runs of a column, in the order in which they are stored.</summary>
internal static class ColumnRun
{
    public const int Markers = 0;
    public const int Ones = 1;
    public const int Twos = 2;
    public const int Fours = 3;
    public const int Eights = 4;
    public const int Others = 5;
}
