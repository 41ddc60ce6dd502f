using System.Buffers;
using System.IO.Hashing;
using System.Text;
using Grap.Bolt.PackStream;

namespace Grap.Recovery.Bulk;

/// <summary>
/// Elements of one label set or type, a row each. A property key becomes a column when it is first met, with the type of
/// that value; an element that has a value of another type under it is not written. So the header is known only at the
/// end, and is a file of its own.
/// </summary>
internal sealed class CsvFile : IDisposable
{
    private const int MostColumns = 256;
    private const int BufferBytes = 64 << 10;

    private readonly string _path;
    private readonly bool _takesFloatLists;
    private readonly FileStream _rows;
    private readonly Dictionary<UInt128, int> _columns = [];
    private readonly List<(string Name, string Type)> _headings = [];
    private readonly ArrayBufferWriter<byte> _cells = new();
    private readonly ArrayBufferWriter<byte> _row = new(BufferBytes * 2);
    private readonly Range[] _places = new Range[MostColumns];

    /// <summary>Creates the file.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">Its name, without an extension.</param>
    /// <param name="takesFloatLists">False where a list of floats may be a vector: of that an import makes 64-bit
    /// floats.</param>
    public CsvFile(string folder, string name, bool takesFloatLists)
    {
        _takesFloatLists = takesFloatLists;
        _path = Path.Combine(folder, name);
        Argument = $"{Path.GetFileName(folder)}/{name}.header,{Path.GetFileName(folder)}/{name}.csv";
        _rows = new FileStream(_path + ".csv", FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>The files as an argument of the import: the header's and the rows', as seen from the folder above,
    /// whose path may have characters that mean something to it.</summary>
    public string Argument { get; }

    /// <summary>Whether some value has more than one line.</summary>
    public bool HasLineBreaks { get; private set; }

    /// <summary>Writes one element; false, and nothing, where it has a value that a column cannot hold.</summary>
    public bool TryWrite(ReadOnlySpan<long> ids, ReadOnlySpan<byte> properties)
    {
        if (!TryTake(properties))
            return false;
        HasLineBreaks = HasLineBreaks || _cells.WrittenSpan.IndexOfAny((byte)'\n', (byte)'\r') >= 0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (i > 0)
                _row.Write([CsvValue.Separator]);
            CsvValue.WriteInteger(ids[i], _row);
        }
        foreach (var place in _places.AsSpan(0, _headings.Count))
        {
            _row.Write([CsvValue.Separator]);
            _row.Write(_cells.WrittenSpan[place]);
        }
        _row.Write("\n"u8);
        if (_row.WrittenCount >= BufferBytes)
            Flush();
        return true;
    }

    /// <summary>Writes what is held, and the header: first <paramref name="ids"/>, then the properties.</summary>
    public void Complete(string ids)
    {
        Flush();
        var headings = _headings.Select(static heading => $"{heading.Name}:{heading.Type}").Prepend(ids);
        File.WriteAllText(_path + ".header", string.Join((char)CsvValue.Separator, headings) + "\n");
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private bool TryTake(ReadOnlySpan<byte> properties)
    {
        _cells.ResetWrittenCount();
        Array.Clear(_places, 0, _headings.Count);
        var reader = new PackStreamReader(properties);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var key = reader.ReadUtf8();
            var start = _cells.WrittenCount;
            if (CsvValue.TryWrite(ref reader, _cells) is not { } type
                || (type == CsvValue.FloatList && !_takesFloatLists)
                || ColumnOf(key, type) is not { } column)
                return false;
            _places[column] = start.._cells.WrittenCount;
        }
        return true;
    }

    private int? ColumnOf(ReadOnlySpan<byte> key, string type)
    {
        var hash = XxHash128.HashToUInt128(key);
        if (_columns.TryGetValue(hash, out var column))
            return _headings[column].Type == type ? column : null;
        var name = Encoding.UTF8.GetString(key);
        if (!CsvGraph.IsPlain(name) || _headings.Count == MostColumns)
            return null;
        _columns.Add(hash, _headings.Count);
        _headings.Add((name, type));
        return _headings.Count - 1;
    }

    private void Flush()
    {
        _rows.Write(_row.WrittenSpan);
        _row.ResetWrittenCount();
    }
}
