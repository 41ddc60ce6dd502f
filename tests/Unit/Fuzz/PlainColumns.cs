using System.Buffers;
using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Bolt;
using Grap.Bolt.PackStream;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Reads columns in the simplest way, as docs/archive.md states them: what <see cref="ColumnReader"/> is compared
/// with.</summary>
internal sealed class PlainColumns
{
    private readonly BlockKey _key;
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly PackStreamWriter _writer;

    private PlainColumns(BlockKey key)
    {
        _key = key;
        _writer = new PackStreamWriter(_content);
    }

    /// <summary>The content; null where the form is none, or one of more than 4 MiB.</summary>
    public static byte[]? Read(BlockKey key, byte[] form)
    {
        try
        {
            return new PlainColumns(key).Read(new Source(form));
        }
        catch (Exception e) when (e is InvalidDataException or BoltException)
        {
            return null;
        }
    }

    private byte[] Read(Source form)
    {
        var count = form.Number(BlockKey.RangeLength);
        var steps = new List<(int Before, int Column, byte[] Bytes)> { default };
        for (var left = form.Number(ColumnForm.MostSteps); left > 0; left--)
        {
            var step = (form.Number(steps.Count - 1), form.Number(ColumnForm.MostColumns), form.Take(form.Number()));
            Expect(step.Item2 > 0 || step.Item3.Length > 0);
            steps.Add(step);
        }
        var shapes = new List<List<int>>();
        var stepsOfShapes = 0;
        for (var left = form.Number(steps.Count - 1); left > 0; left--)
        {
            var path = new List<int>();
            for (var step = form.Number(steps.Count - 1); step > 0; step = steps[step].Before)
                path.Add(step);
            path.Reverse();
            shapes.Add(path);
            Expect((stepsOfShapes += path.Count) <= ColumnForm.MostSteps);
        }
        var gapsLength = form.Number();
        var columns = new Source[form.Number(ColumnForm.MostColumns)][];
        var lengths = columns.Select(_ => Enumerable.Range(0, 6).Select(_ => form.Number()).ToArray()).ToArray();
        var low = form.Take(count);
        var high = form.Take(count);
        var gaps = new Source(form.Take(gapsLength));
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = [.. lengths[i].Select(length => new Source(form.Take(length)))];
            Expect(lengths[i][2] % 2 == 0 && lengths[i][3] % 4 == 0 && lengths[i][4] % 8 == 0);
        }
        Expect(form.AtEnd);

        var endpoints = _key.Kind == BlockKind.Relationships ? 2 : 0;
        Expect(endpoints <= columns.Length);
        var id = _key.FirstId;
        for (var i = 0; i < count; i++)
        {
            id += gaps.Number(BlockKey.RangeLength - 1);
            _content.Write([(byte)(endpoints == 0 ? 0x93 : 0x95)]);
            _writer.Write(id++);
            foreach (var endpoint in columns[..endpoints])
                PutValue(endpoint);
            var shape = low[i] | (high[i] << 8);
            Expect(shape < shapes.Count);
            foreach (var (_, column, bytes) in shapes[shape].Select(step => steps[step]))
            {
                _content.Write(bytes);
                Expect(column <= columns.Length);
                if (column > 0)
                    PutValue(columns[column - 1]);
            }
        }
        return _content.WrittenSpan.ToArray();
    }

    private void PutValue(Source[] runs)
    {
        Expect(_content.WrittenCount <= ColumnForm.MostContent);
        var others = runs[ColumnRun.Others];
        var marker = runs[ColumnRun.Markers].Take(1)[0];
        if (marker is not (<= 0x90 or 0xA0 or 0xC0 or 0xC1 or 0xC2 or 0xC3 or (>= 0xC8 and <= 0xCB) or 0xD0 or >= 0xF0))
        {
            var value = others.Value();
            Expect(value[0] == marker);
            _content.Write(value);
            return;
        }
        _content.Write([marker]);
        switch (marker)
        {
            case > 0x80 and < 0x90:
                _content.Write(others.Take(marker - 0x80));
                break;
            case 0xC8:
                _content.Write(runs[ColumnRun.Ones].Take(1));
                break;
            case 0xC9:
                _content.Write(runs[ColumnRun.Twos].TakeSpread(2));
                break;
            case 0xCA:
                _content.Write(runs[ColumnRun.Fours].TakeSpread(4));
                break;
            case 0xCB or 0xC1:
                _content.Write(runs[ColumnRun.Eights].TakeSpread(8));
                break;
            case 0xD0:
                var length = runs[ColumnRun.Ones].Take(1);
                _content.Write(length);
                _content.Write(others.Take(length[0]));
                break;
        }
    }

    private static void Expect(bool holds)
    {
        if (!holds)
            throw new InvalidDataException();
    }

    private sealed class Source(byte[] bytes)
    {
        private int _next;

        public bool AtEnd => _next == bytes.Length;

        public byte[] Take(int length)
        {
            Expect(length <= bytes.Length - _next);
            _next += length;
            return bytes[(_next - length).._next];
        }

        /// <summary>The next number of so many bytes, which stand in planes.</summary>
        public byte[] TakeSpread(int width)
        {
            var count = bytes.Length / width;
            Expect(_next < count);
            var number = _next++;
            return [.. Enumerable.Range(0, width).Select(plane => bytes[(plane * count) + number])];
        }

        public byte[] Value() => Take(new PackStreamReader(bytes.AsSpan(_next)).Skip().Length);

        public int Number(int most = int.MaxValue)
        {
            var value = 0L;
            for (var shift = 0; shift < 35; shift += 7)
            {
                var next = Take(1)[0];
                value |= (long)(next & 0x7F) << shift;
                if (next >= 0x80)
                    continue;
                Expect(value <= most);
                return (int)value;
            }
            throw new InvalidDataException();
        }
    }
}
