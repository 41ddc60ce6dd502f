using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grap.Bolt;
using Grap.Bolt.PackStream;

namespace Grap.Archives.Columns;

/// <summary>Makes a block's content again from its columns ("Columns" in docs/archive.md). Whatever the bytes are, it reads
/// and writes nothing outside of them, and allocates by what is there, not by what is claimed.</summary>
internal ref struct ColumnReader
{
    private readonly BlockKey _key;
    private readonly ReadOnlySpan<byte> _form;
    private readonly Span<byte> _content;
    private readonly ContentLayout? _layout;
    private int _read;
    private int _written;

    private ColumnReader(BlockKey key, ReadOnlySpan<byte> form, Span<byte> content, ContentLayout? layout)
    {
        _key = key;
        _form = form;
        _content = content;
        _layout = layout;
    }

    /// <summary>Fills <paramref name="content"/> exactly, and <paramref name="layout"/> if that is wanted; false where
    /// <paramref name="form"/> is not the form of so many bytes.</summary>
    public static bool TryRead(
        BlockKey key, ReadOnlySpan<byte> form, Span<byte> content, ContentLayout? layout = null)
    {
        var reader = new ColumnReader(key, form, content, layout);
        try
        {
            reader.Read();
            return reader._written == content.Length;
        }
        catch (Exception failure) when (failure is InvalidDataException or BoltException)
        {
            return false;
        }
    }

    private void Read()
    {
        var count = ReadNumber(BlockKey.RangeLength);
        var shapes = ReadShapes();
        var gapsLength = ReadNumber(_form.Length);
        var columns = ReadColumns();
        var shapeNumbers = Take(2 * count);
        var gaps = new ColumnReader(_key, Take(gapsLength), default, null);
        foreach (ref var column in columns.AsSpan())
            Place(ref column);
        Expect(_read == _form.Length);

        var endpoints = ColumnForm.EndpointColumns(_key.Kind);
        Expect(endpoints <= columns.Length);
        var head = ColumnForm.ElementHead(_key.Kind);
        var id = _key.FirstId;
        _layout?.Shapes.AddRange(shapes.Select(static shape => new ShapeLayout(
            Array.ConvertAll(shape, static step => step.Length), shape.Count(static step => step.Column >= 0))));
        Span<byte> encodedId = stackalloc byte[PackStreamWriter.LongestInteger];
        for (var i = 0; i < count; i++)
        {
            Put(head);
            id += gaps.ReadNumber(BlockKey.RangeLength - 1);
            Put(encodedId[..PackStreamWriter.WriteInteger(encodedId, id++)]);
            for (var endpoint = 0; endpoint < endpoints; endpoint++)
                PutValue(ref columns[endpoint]);
            var shape = shapeNumbers[i] | (shapeNumbers[count + i] << 8);
            Expect(shape < shapes.Length);
            _layout?.AddElement(shape);
            foreach (ref readonly var step in shapes[shape].AsSpan())
            {
                Put(_form.Slice(step.Start, step.Length));
                if (step.Column >= 0)
                {
                    Expect(step.Column < columns.Length);
                    PutValue(ref columns[step.Column]);
                    _layout?.AddValue(_written);
                }
            }
        }
    }

    /// <summary>Each shape as the steps that lead to its end.</summary>
    private Step[][] ReadShapes()
    {
        var stepCount = ReadNumber(ColumnForm.MostSteps);
        // Three bytes are the least that a step takes.
        Expect(stepCount <= (_form.Length - _read) / 3);
        var steps = new Step[stepCount + 1];
        for (var number = 1; number <= stepCount; number++)
        {
            var before = ReadNumber(number - 1);
            var column = ReadNumber(ColumnForm.MostColumns) - 1;
            var length = ReadNumber(_form.Length - _read);
            steps[number] = new Step(before, steps[before].Depth + 1, column, _read, length);
            Take(length);
        }
        var shapes = new Step[ReadNumber(stepCount)][];
        var left = ColumnForm.MostSteps;
        for (var i = 0; i < shapes.Length; i++)
        {
            var number = ReadNumber(stepCount);
            var path = steps[number].Depth;
            left -= path;
            Expect(left >= 0);
            shapes[i] = new Step[path];
            for (; path > 0; number = steps[number].Before)
                shapes[i][--path] = steps[number];
        }
        return shapes;
    }

    /// <summary>How long each run of each column is; where it is, is not known yet.</summary>
    private ColumnCursor[] ReadColumns()
    {
        var count = ReadNumber(ColumnForm.MostColumns);
        Expect(count <= (_form.Length - _read) / ColumnLayout.RunCount);
        var columns = new ColumnCursor[count];
        foreach (ref var column in columns.AsSpan())
        {
            column.Markers.Count = ReadNumber(_form.Length);
            column.Ones.Count = ReadNumber(_form.Length);
            column.Twos.Count = ReadNumber(_form.Length);
            column.Fours.Count = ReadNumber(_form.Length);
            column.Eights.Count = ReadNumber(_form.Length);
            column.Others.Count = ReadNumber(_form.Length);
        }
        return columns;
    }

    private void Place(ref ColumnCursor column)
    {
        Place(ref column.Markers, 1);
        Place(ref column.Ones, 1);
        Place(ref column.Twos, 2);
        Place(ref column.Fours, 4);
        Place(ref column.Eights, 8);
        Place(ref column.Others, 1);
    }

    private void Place(ref RunCursor run, int width)
    {
        Expect(run.Count % width == 0);
        run.Start = _read;
        Take(run.Count);
        run.Count /= width;
    }

    private void PutValue(ref ColumnCursor column)
    {
        var marker = Next(ref column.Markers);
        switch (ValueClasses.Of(marker))
        {
            case ValueClass.Bare:
                Put(marker);
                break;
            case ValueClass.One:
                Put(marker);
                Put(Next(ref column.Ones));
                break;
            case ValueClass.Two:
                PutNumber(marker, ref column.Twos, 2);
                break;
            case ValueClass.Four:
                PutNumber(marker, ref column.Fours, 4);
                break;
            case ValueClass.Eight:
                PutNumber(marker, ref column.Eights, 8);
                break;
            case ValueClass.Tiny:
                Put(marker);
                Put(Next(ref column.Others, marker & 0x0F));
                break;
            case ValueClass.Short:
                var length = Next(ref column.Ones);
                Put(marker);
                Put(length);
                Put(Next(ref column.Others, length));
                break;
            default:
                var rest = _form.Slice(
                    column.Others.Start + column.Others.Next, column.Others.Count - column.Others.Next);
                var value = new PackStreamReader(rest).Skip();
                Expect(value[0] == marker);
                Put(Next(ref column.Others, value.Length));
                break;
        }
    }

    private void PutNumber(byte marker, ref RunCursor run, int width)
    {
        Expect(run.Next < run.Count && _content.Length - _written > width);
        var to = _content.Slice(_written, 1 + width);
        to[0] = marker;
        // Within the form: Place has checked that all planes of the run are.
        ref var from = ref Unsafe.Add(ref MemoryMarshal.GetReference(_form), run.Start + run.Next++);
        for (var i = 1; i < to.Length; i++)
        {
            to[i] = from;
            from = ref Unsafe.Add(ref from, run.Count);
        }
        _written += to.Length;
    }

    private void Put(byte value)
    {
        Expect(_written < _content.Length);
        _content[_written++] = value;
    }

    private void Put(scoped ReadOnlySpan<byte> bytes)
    {
        Expect(_content.Length - _written >= bytes.Length);
        bytes.CopyTo(_content[_written..]);
        _written += bytes.Length;
    }

    private readonly byte Next(ref RunCursor run)
    {
        Expect(run.Next < run.Count);
        return _form[run.Start + run.Next++];
    }

    private readonly ReadOnlySpan<byte> Next(scoped ref RunCursor run, int length)
    {
        Expect(length <= run.Count - run.Next);
        var bytes = _form.Slice(run.Start + run.Next, length);
        run.Next += length;
        return bytes;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        Expect(length <= _form.Length - _read);
        var bytes = _form.Slice(_read, length);
        _read += length;
        return bytes;
    }

    /// <summary>See <see cref="VariableNumber"/>.</summary>
    private int ReadNumber(int most)
    {
        var value = 0L;
        for (var shift = 0; shift < 35; shift += 7)
        {
            Expect(_read < _form.Length);
            var next = _form[_read++];
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                Expect(value <= most);
                return (int)value;
            }
        }
        throw new InvalidDataException();
    }

    private static void Expect(bool holds)
    {
        if (!holds)
            Fail();
    }

    [DoesNotReturn]
    private static void Fail() => throw new InvalidDataException();

    private readonly record struct Step(int Before, int Depth, int Column, int Start, int Length);
}
