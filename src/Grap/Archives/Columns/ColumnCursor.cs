namespace Grap.Archives.Columns;

/// <summary>Numbers of one width, byte planes in a form: where they begin, how many there are, and which is
/// next.</summary>
internal struct RunCursor
{
    public int Start;
    public int Count;
    public int Next;
}

/// <summary>How far a column has been read; the runs of <see cref="Column"/>.</summary>
internal struct ColumnCursor
{
    public RunCursor Markers;
    public RunCursor Ones;
    public RunCursor Twos;
    public RunCursor Fours;
    public RunCursor Eights;
    public RunCursor Others;
}
