using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Grap.Bolt;
using Grap.Bolt.PackStream;

namespace Grap.Archives.Columns;

/// <summary>Makes a block's content again from its columns ("Columns" in docs/archive.md). Whatever the bytes are, it reads
/// and writes nothing outside of them, and allocates by what is there, not by what is claimed.</summary>
/// <remarks>Pieces are mostly a few bytes: a key, a number, a name. Copied by their lengths they cost a call each;
/// so <see cref="Wide"/> bytes are copied whatever the length, where there is room, and the next piece overwrites what was
/// too much. That, numbers laid together before (<see cref="BytePlanes"/>), and a layout filled without asking for room
/// took elements of 3 to 5 values each from 108 to 64 ns.</remarks>
internal ref struct ColumnReader
{
    /// <summary>Bytes that one copy moves.</summary>
    private const int Wide = 32;

    private readonly BlockKey _key;
    private readonly Span<byte> _content;
    private readonly ContentLayout? _layout;

    // From when its columns are known, with numbers instead of planes.
    private readonly Span<byte> _form;
    private int _read;

    private ColumnReader(BlockKey key, Span<byte> form, Span<byte> content, ContentLayout? layout)
    {
        _key = key;
        _form = form;
        _content = content;
        _layout = layout;
    }

    /// <summary>Fills <paramref name="content"/> exactly, and <paramref name="layout"/> if that is wanted; false where
    /// <paramref name="form"/> is not the form of so many bytes.</summary>
    /// <param name="key">Of which block.</param>
    /// <param name="form">Its form, which cannot be read a second time.</param>
    /// <param name="room">Memory to work in; what it holds is replaced.</param>
    /// <param name="content">Its content.</param>
    /// <param name="layout">Where its values are.</param>
    public static bool TryRead(
        BlockKey key, Span<byte> form, NativeBuffer room, Span<byte> content, ContentLayout? layout = null)
    {
        var reader = new ColumnReader(key, form, content, layout);
        try
        {
            return reader.Read(room) == content.Length;
        }
        catch (Exception failure) when (failure is InvalidDataException or BoltException)
        {
            return false;
        }
    }

    /// <summary>Returns how many bytes of content were written.</summary>
    private int Read(NativeBuffer room)
    {
        var count = ReadNumber(BlockKey.RangeLength);
        var shapes = ReadShapes();
        var gapsLength = ReadNumber(_form.Length);
        var columns = ReadColumns();
        var shapeNumbers = Take(2 * count);
        var gaps = new ColumnReader(_key, Take(gapsLength), default, null);
        Place(columns, room);
        Expect(_read == _form.Length);

        var endpoints = ColumnForm.EndpointColumns(_key.Kind);
        Expect(endpoints <= columns.Length);
        var head = ColumnForm.ElementHead(_key.Kind);
        var id = _key.FirstId;
        // Empty, and never filled, where no layout is wanted.
        var shapeOfElement = Span<ushort>.Empty;
        var elementEnds = Span<int>.Empty;
        var valueEnds = Span<int>.Empty;
        _layout?.Begin(
            shapes.Select(static shape => new ShapeLayout(
                Array.ConvertAll(shape, static step => step.Length), shape.Count(static step => step.Column >= 0))),
            count, columns.Skip(endpoints).Sum(static column => column[ColumnRun.Markers].Length),
            out shapeOfElement, out elementEnds, out valueEnds);
        var values = 0;
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            id += gaps.ReadNumber(BlockKey.RangeLength - 1);
            at = PutHead(at, head, id++);
            for (var endpoint = 0; endpoint < endpoints; endpoint++)
                at = PutValue(at, ref columns[endpoint]);
            var shape = shapeNumbers[i] | (shapeNumbers[count + i] << 8);
            Expect(shape < shapes.Length);
            if (i < shapeOfElement.Length)
                shapeOfElement[i] = (ushort)shape;
            foreach (ref readonly var step in shapes[shape].AsSpan())
            {
                at = Put(at, step.Start, step.Length);
                if (step.Column < 0)
                    continue;
                Expect(step.Column < columns.Length);
                at = PutValue(at, ref columns[step.Column]);
                if (values < valueEnds.Length)
                    valueEnds[values++] = at;
            }
            if (i < elementEnds.Length)
                elementEnds[i] = at;
        }
        _layout?.End(values);
        return at;
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
            // Each step puts something, so that no more are gone through than the content has bytes: 65,536 elements of 32,768
            // steps that put nothing are a form of 360 KB.
            Expect(column >= 0 || length > 0);
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
            foreach (ref var run in column[..])
                run.End = ReadNumber(_form.Length);
        }
        return columns;
    }

    /// <summary>Finds the runs of all columns, and from now on reads numbers instead of their planes.</summary>
    private void Place(ColumnCursor[] columns, NativeBuffer room)
    {
        foreach (ref var column in columns.AsSpan())
        {
            foreach (ref var run in column[..])
            {
                run.Next = _read;
                Take(run.End);
                run.End = _read;
            }
            Join(column[ColumnRun.Twos], 2, room);
            Join(column[ColumnRun.Fours], 4, room);
            Join(column[ColumnRun.Eights], 8, room);
        }
    }

    private readonly void Join(RunCursor run, int width, NativeBuffer room)
    {
        var planes = _form[run.Next..run.End];
        Expect(planes.Length % width == 0);
        room.Clear();
        room.Append(planes);
        BytePlanes.Join(room.Written, width, planes);
    }

    private readonly int PutHead(int at, byte head, long id)
    {
        if (_content.Length - at > PackStreamWriter.LongestInteger)
        {
            _content[at++] = head;
            return at + PackStreamWriter.WriteInteger(_content[at..], id);
        }
        Span<byte> bytes = stackalloc byte[1 + PackStreamWriter.LongestInteger];
        bytes[0] = head;
        var length = 1 + PackStreamWriter.WriteInteger(bytes[1..], id);
        PutExactly(at, bytes[..length]);
        return at + length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int PutValue(int at, ref ColumnCursor column)
    {
        var marker = Next(ref column[ColumnRun.Markers]);
        // Not a case for each class, as these differ from value to value and would be mispredicted: 11 ns an element.
        var (tail, length) = ValueTails.Of(marker);
        ref var run = ref column[tail];
        var start = run.Next;
        if (length > run.End - start || start > _form.Length - Wide || at >= _content.Length - Wide)
            return PutSlowly(at, marker, ref column);
        run.Next = start + length;
        Unsafe.Add(ref MemoryMarshal.GetReference(_content), at) = marker;
        // No tail is longer.
        Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(_form), (nuint)start)
            .StoreUnsafe(ref MemoryMarshal.GetReference(_content), (nuint)(at + 1));
        return at + 1 + length;
    }

    /// <summary>The same where the tail's length is not in the marker, or an end is near.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int PutSlowly(int at, byte marker, ref ColumnCursor column)
    {
        var (tail, length) = ValueTails.Of(marker);
        switch (ValueClasses.Of(marker))
        {
            case ValueClass.Short:
                length = Next(ref column[ColumnRun.Ones]);
                return Put(Put(Put(at, marker), (byte)length), ref column[ColumnRun.Others], length);
            case ValueClass.Other:
                ref var others = ref column[ColumnRun.Others];
                var value = new PackStreamReader(_form[others.Next..others.End]).Skip();
                Expect(value[0] == marker);
                return Put(at, ref others, value.Length);
            default:
                return Put(Put(at, marker), ref column[tail], length);
        }
    }

    /// <summary>Writes a byte and returns where the next one goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Put(int at, byte value)
    {
        Expect(at < _content.Length);
        _content[at] = value;
        return at + 1;
    }

    /// <summary>The same with the next <paramref name="length"/> bytes of a run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Put(int at, ref RunCursor run, int length)
    {
        var start = run.Next;
        Expect(length <= run.End - start);
        run.Next = start + length;
        return Put(at, start, length);
    }

    /// <summary>The same with bytes of the form, which has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Put(int at, int start, int length)
    {
        if (length <= Wide && start <= _form.Length - Wide && at <= _content.Length - Wide)
            PutWide(at, start);
        else
            PutExactly(at, _form.Slice(start, length));
        return at + length;
    }

    /// <summary>Copies <see cref="Wide"/> bytes, which the caller knows to be within form and content.</summary>
    private readonly void PutWide(int at, int start) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(_form), (nuint)start)
            .StoreUnsafe(ref MemoryMarshal.GetReference(_content), (nuint)at);

    private readonly void PutExactly(int at, scoped ReadOnlySpan<byte> bytes)
    {
        Expect(bytes.Length <= _content.Length - at);
        bytes.CopyTo(_content[at..]);
    }

    private readonly byte Next(ref RunCursor run)
    {
        Expect(run.Next < run.End);
        return _form[run.Next++];
    }

    private Span<byte> Take(int length)
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
