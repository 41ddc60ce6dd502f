using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Bolt;
using Grap.Tests.Unit.Graphs;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>The form of a block of elements in its parts, which may each be changed and are put together with lengths that
/// fit, so that what is behind the lengths is reached. The layout is that of docs/archive.md.</summary>
internal sealed class ForgedColumns
{
    // Of every class: see ValueClass.
    private static readonly byte[] s_markers =
    [
        0x00, 0x7F, 0x80, 0x81, 0x85, 0x8F, 0x90, 0x91, 0x93, 0xA0, 0xA1, 0xB1, 0xB4, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC8,
        0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xD0, 0xD1, 0xD2, 0xD4, 0xD5, 0xD6, 0xD8, 0xDF, 0xEF, 0xF0, 0xFF,
    ];

    // Values that stand whole among the others, then bytes of steps: heads, labels, keys, elements.
    private static readonly byte[][] s_values =
    [
        .. new[] { "9101", "92C0C1400921FB54442D18", "A18161C0", "CC0100", "CC00", "D10001E2", "D4020102", "B344C90100C00A", "D2000000", "A0" }
            .Select(Convert.FromHexString),
    ];
    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "90", "8141", "918141", "9281418142", "A0", "A1", "A2", "A18161", "8161", "80", "D001", "918141A18161", "918141A0", "9300918141A0",
            "950102038154A0", "D8FF", "DAFFFFFFFF", "01", "C0",
        }.Select(Convert.FromHexString),
    ];

    private static readonly int[] s_numbers =
        [0, 1, 2, 3, 5, 6, 15, 16, 17, 127, 128, 255, 256, 1024, 1025, 32_768, 32_769, 65_535, 65_536, 1 << 22, int.MaxValue];

    private readonly List<(int Before, int Column, byte[] Bytes)> _steps = [];
    private readonly List<int> _shapes = [];
    private readonly List<byte[][]> _columns = [];
    private int _count;
    private byte[] _shapeNumbers;
    private byte[] _gaps;

    // This number of all in the form is written as that one.
    private (int At, int Value)? _claim;
    private int _written;

    private ForgedColumns(byte[] form)
    {
        var at = 0;
        _count = Number();
        for (var left = Number(); left > 0; left--)
            _steps.Add((Number(), Number(), Take(Number())));
        for (var left = Number(); left > 0; left--)
            _shapes.Add(Number());
        var gapsLength = Number();
        var lengths = new int[Number()][];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = [Number(), Number(), Number(), Number(), Number(), Number()];
        _shapeNumbers = Take(2 * _count);
        _gaps = Take(gapsLength);
        foreach (var column in lengths)
            _columns.Add([.. column.Select(Take)]);

        byte[] Take(int length) => form[at..(at += length)];

        int Number()
        {
            var value = 0;
            for (var shift = 0; ; shift += 7)
            {
                value |= (form[at] & 0x7F) << shift;
                if (form[at++] < 0x80)
                    return value;
            }
        }
    }

    /// <summary>The form of some elements of a kind, of which up to four parts were changed.</summary>
    public static byte[] Make(BlockKey key, Random random)
    {
        var forged = new ForgedColumns(Sound(key, random));
        for (var changes = random.Next(5); changes > 0; changes--)
            forged.Change(random);
        var form = forged.Build();
        return random.Next(8) == 0 ? Mutation.Mutate(form, random, s_tokens) : form;
    }

    /// <summary>The form of sound content.</summary>
    public static byte[] Of(BlockKey key, int count, byte[] content)
    {
        using var form = new NativeBuffer();
        return new ColumnWriter().TryWrite(key, count, content, form)
            ? form.Written.ToArray()
            : throw new ArgumentException("The content has no columns.", nameof(content));
    }

    /// <summary>Elements that have enough in common for columns, with values of every class.</summary>
    public static byte[] Elements(BlockKey key, int count, Random random)
    {
        var id = key.FirstId - 1;
        return ElementBytes.Join([.. Enumerable.Range(0, count).Select(_ =>
        {
            id += random.Next(4) == 0 ? random.Next(1, 300) : 1;
            var properties = Enumerable.Range(0, random.Next(3)).Select(i => ($"a key of some length {i}", Value(random))).ToArray();
            return key.Kind == BlockKind.Nodes
                ? ElementBytes.Node(id, random.Next(3) == 0 ? ["Person", "Other"] : ["Person"], properties)
                : ElementBytes.Relationship(id, random.Next(100), random.NextInt64(1L << 40), "A_TYPE_OF_SOME_LENGTH", properties);
        })]);
    }

    private static byte[] Sound(BlockKey key, Random random)
    {
        var count = random.Next(16, 60);
        while (true)
        {
            using var form = new NativeBuffer();
            if (new ColumnWriter().TryWrite(key, count, Elements(key, count, random), form))
                return form.Written.ToArray();
        }
    }

    private static object? Value(Random random) => random.Next(11) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => (long)random.Next(-200, 200),
        3 => (long)random.Next(-40_000, 40_000),
        4 => (long)random.Next(),
        5 => random.NextInt64(),
        6 => random.NextDouble(),
        7 => new string('t', random.Next(16)),
        8 => new string('s', random.Next(16, 300)),
        9 => Enumerable.Range(0, random.Next(20)).Select(static i => (object?)(long)(i * 50)).ToList(),
        _ => new byte[random.Next(20)],
    };

    private void Change(Random random)
    {
        switch (random.Next(12))
        {
            case 0: // the bytes of a run
                if (_columns.Count > 0)
                {
                    var runs = Any(_columns, random);
                    var run = random.Next(runs.Length);
                    runs[run] = Mutation.Mutate(runs[run], random, run == ColumnRun.Markers ? [s_markers] : s_values);
                }
                break;
            case 1 or 2: // other values
                if (_columns.Count > 0)
                    _columns[random.Next(_columns.Count)] = Values(random.Next(4) == 0 ? random.Next(200) : 60, random);
                break;
            case 3: // a step that leads elsewhere
                if (_steps.Count > 0)
                {
                    var (at, step) = AnyStep(random);
                    _steps[at] = random.Next(2) == 0
                        ? step with { Before = random.Next(_steps.Count + 1) }
                        : step with { Column = random.Next(_columns.Count + 2) };
                }
                break;
            case 4: // a step that holds something else
                if (_steps.Count > 0)
                {
                    var (at, step) = AnyStep(random);
                    _steps[at] = step with
                    {
                        Bytes = random.Next(2) == 0 ? Any(s_tokens, random) : Mutation.Mutate(step.Bytes, random, s_tokens),
                    };
                }
                break;
            case 5: // a shape that ends elsewhere, or one more, or one less
                if (random.Next(3) == 0)
                    _shapes.Add(random.Next(_steps.Count + 1));
                else if (_shapes.Count > 0 && random.Next(3) == 0)
                    _shapes.RemoveAt(random.Next(_shapes.Count));
                else if (_shapes.Count > 0)
                    _shapes[random.Next(_shapes.Count)] = random.Next(_steps.Count + 1);
                break;
            case 6: // elements of other shapes
                if (_shapeNumbers.Length < 2 || random.Next(3) == 0)
                    _shapeNumbers = Mutation.Mutate(_shapeNumbers, random);
                else
                    _shapeNumbers[random.Next(_shapeNumbers.Length / 2)] = (byte)random.Next(_shapes.Count + 1);
                break;
            case 7:
                _gaps = Mutation.Mutate(_gaps, random, [0], [1], [0xFF, 0xFF, 0x03], [0x80, 0x80, 0x80, 0x80, 0x80]);
                break;
            case 8:
                _claim = (random.Next(random.Next(2) == 0 ? 12 : 80), Any(s_numbers, random));
                break;
            case 9: // fewer elements, or more
                _count = Math.Max(0, _count + random.Next(-2, 2));
                if (random.Next(2) == 0)
                    _shapeNumbers = new byte[2 * _count];
                break;
            case 10: // a step cut in two, with nothing between
                if (_steps.Count > 0)
                {
                    var (at, step) = AnyStep(random);
                    var cut = random.Next(step.Bytes.Length + 1);
                    _steps[at] = step with { Bytes = step.Bytes[cut..], Before = at + 1 };
                    InsertStep(at, step with { Bytes = step.Bytes[..cut], Column = 0 });
                }
                break;
            default: // a value that all have, in the step
                if (_steps.Count > 0)
                {
                    var (at, step) = AnyStep(random);
                    _steps[at] = step with { Bytes = [.. step.Bytes, .. Any(s_values, random)], Column = 0 };
                }
                break;
        }
    }

    /// <summary>Puts a step in, and counts the numbers of those behind it up.</summary>
    private void InsertStep(int at, (int Before, int Column, byte[] Bytes) step)
    {
        for (var i = 0; i < _steps.Count; i++)
        {
            if (i != at && _steps[i].Before > at)
                _steps[i] = _steps[i] with { Before = _steps[i].Before + 1 };
        }
        for (var i = 0; i < _shapes.Count; i++)
        {
            if (_shapes[i] > at)
                _shapes[i]++;
        }
        _steps.Insert(at, step);
    }

    private (int At, (int Before, int Column, byte[] Bytes) Step) AnyStep(Random random)
    {
        var at = random.Next(_steps.Count);
        return (at, _steps[at]);
    }

    /// <summary>A column of so many values of any class.</summary>
    private static byte[][] Values(int count, Random random)
    {
        var numbers = new int[5];
        var markers = new byte[count];
        var others = new List<byte>();
        var fewKinds = random.Next(1, 4);
        var kinds = Enumerable.Range(0, fewKinds).Select(_ => Any(s_markers, random)).ToArray();
        for (var i = 0; i < count; i++)
        {
            var marker = Any(kinds, random);
            if (ValueClasses.Of(marker) == ValueClass.Other)
            {
                var value = Any(s_values, random);
                others.AddRange(value);
                marker = value[0];
            }
            markers[i] = marker;
            var (run, length) = ValueTails.Of(marker);
            if (run != ColumnRun.Others)
                numbers[run] += length;
            else if (ValueClasses.Of(marker) == ValueClass.Tiny)
                others.AddRange(new byte[length]);
            else if (ValueClasses.Of(marker) == ValueClass.Short)
                (numbers[ColumnRun.Ones], others) = (numbers[ColumnRun.Ones] + 1, [.. others, .. new byte[255]]);
        }
        var runs = numbers.Skip(1).Select(length =>
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        });
        return [markers, .. runs, [.. others]];
    }

    private byte[] Build()
    {
        _written = 0;
        var form = new MemoryStream();
        Put(form, _count);
        Put(form, _steps.Count);
        foreach (var (before, column, bytes) in _steps)
        {
            Put(form, before);
            Put(form, column);
            Put(form, bytes.Length);
            form.Write(bytes);
        }
        Put(form, _shapes.Count);
        foreach (var end in _shapes)
            Put(form, end);
        Put(form, _gaps.Length);
        Put(form, _columns.Count);
        foreach (var run in _columns.SelectMany(static runs => runs))
            Put(form, run.Length);
        form.Write(_shapeNumbers);
        form.Write(_gaps);
        foreach (var run in _columns.SelectMany(static runs => runs))
            form.Write(run);
        return form.ToArray();
    }

    private void Put(MemoryStream form, int number)
    {
        Span<byte> bytes = stackalloc byte[VariableNumber.MostBytes];
        if (_claim is { } claim && claim.At == _written++)
            number = claim.Value;
        form.Write(bytes[..VariableNumber.Write(number, bytes)]);
    }

    private static T Any<T>(IReadOnlyList<T> all, Random random) => all[random.Next(all.Count)];
}
