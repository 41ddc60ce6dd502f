namespace Grap.Archives.Columns;

/// <summary>The values under one key: where in the content each of them begins, in the order of the elements.</summary>
internal sealed class Column
{
    private int[] _positions = new int[256];

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>Where they begin.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>How much memory it keeps, in values.</summary>
    public int Capacity => _positions.Length;

    /// <summary>Forgets the values.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a value.</summary>
    public void Add(int position)
    {
        var positions = _positions;
        var count = Count;
        if ((uint)count >= (uint)positions.Length)
        {
            Array.Resize(ref _positions, count * 2);
            positions = _positions;
        }
        positions[count] = position;
        Count = count + 1;
    }
}
