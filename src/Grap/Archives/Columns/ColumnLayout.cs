namespace Grap.Archives.Columns;

/// <summary>How many bytes each run of a column has: the markers, the numbers of one, two, four and eight bytes with their
/// bytes in planes (first the first byte of each, then the second of each, and so on), and all others.</summary>
internal struct ColumnLayout
{
    /// <summary>How many runs there are.</summary>
    public const int RunCount = 6;

    public int Markers;
    public int Ones;
    public int Twos;
    public int Fours;
    public int Eights;
    public int Others;

    /// <summary>Bytes of all runs.</summary>
    public readonly long Length => (long)Markers + Ones + Twos + Fours + Eights + Others;
}
