using System.Buffers.Binary;
using Grap.Bolt;
using Grap.Bolt.PackStream;

namespace Grap.Recovery;

/// <summary>Rows for one query, as the bytes of its parameters <c>{rows: […]}</c>.</summary>
internal sealed class RowGroup : IDisposable
{
    // A1 84 "rows" D6, and four bytes for how many rows: known only at the end.
    private const int CountOffset = 7;
    private const int HeadBytes = CountOffset + 4;

    private readonly NativeBuffer _parameters = new(4 << 10);
    private readonly List<int> _ends = [];

    /// <summary>Starts without rows.</summary>
    public RowGroup(string query)
    {
        Query = query;
        _parameters.Append([0xA1, 0x84, (byte)'r', (byte)'o', (byte)'w', (byte)'s', 0xD6, 0, 0, 0, 0]);
    }

    /// <summary>The query. One that creates returns one row with a list that has an entry for every row sent: an id, or
    /// <c>[row's first value, id]</c>.</summary>
    public string Query { get; }

    /// <summary>How many rows.</summary>
    public int Count => _ends.Count;

    /// <summary>Bytes of all rows.</summary>
    public int Bytes => _parameters.Length - HeadBytes;

    /// <summary>The parameters as they are to be sent. Unchanged until the next row is added.</summary>
    public ReadOnlyMemory<byte> Parameters
    {
        get
        {
            BinaryPrimitives.WriteInt32BigEndian(_parameters.Memory.Span[CountOffset..], Count);
            return _parameters.WrittenMemory;
        }
    }

    /// <summary>Writes one row: a single PackStream value between this and <see cref="EndRow"/>.</summary>
    public PackStreamWriter BeginRow() => new(_parameters);

    /// <summary>Ends the row.</summary>
    public void EndRow() => _ends.Add(_parameters.Length);

    /// <summary>Copies the rows from <paramref name="first"/> up to <paramref name="end"/>, exclusive.</summary>
    public RowGroup Copy(int first, int end)
    {
        var copy = new RowGroup(Query);
        for (var row = first; row < end; row++)
        {
            copy._parameters.Append(_parameters.Written[(row == 0 ? HeadBytes : _ends[row - 1]).._ends[row]]);
            copy.EndRow();
        }
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose() => _parameters.Dispose();
}
