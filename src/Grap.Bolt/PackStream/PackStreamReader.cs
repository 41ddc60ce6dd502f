using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Grap.Bolt.PackStream;

/// <summary>
/// Reads PackStream from a run of bytes without allocating. Every read checks bounds; bytes that are no PackStream
/// throw <see cref="BoltException"/> with <see cref="BoltErrorKind.ProtocolViolation"/>.
/// </summary>
public ref struct PackStreamReader
{
    /// <summary>How deep values may be nested. Neo4j's own limit for stored and returned values is far lower.</summary>
    public const int MaxDepth = 1000;

    /// <summary>Most places reserved before the values have been seen: a list may claim more items than there
    /// are.</summary>
    private const int TrustedCount = 1024;

    // Strict: a string that is not UTF-8 must not be silently repaired into another one.
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _depth;

    /// <summary>Starts at the first of <paramref name="bytes"/>.</summary>
    public PackStreamReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many bytes are behind.</summary>
    public int Position { get; private set; }

    /// <summary>True when nothing is left.</summary>
    public readonly bool AtEnd => Position >= _bytes.Length;

    /// <summary>What comes next, without moving.</summary>
    public readonly PackStreamType Peek()
    {
        var marker = PeekMarker();
        return marker switch
        {
            < Marker.TinyString or >= Marker.TinyIntMinimum => PackStreamType.Integer,
            < Marker.TinyList => PackStreamType.String,
            < Marker.TinyMap => PackStreamType.List,
            < Marker.TinyStructure => PackStreamType.Map,
            < Marker.Null => PackStreamType.Structure,
            Marker.Null => PackStreamType.Null,
            Marker.Float64 => PackStreamType.Float,
            Marker.False or Marker.True => PackStreamType.Boolean,
            >= Marker.Int8 and <= Marker.Int64 => PackStreamType.Integer,
            >= Marker.Bytes8 and <= Marker.Bytes32 => PackStreamType.Bytes,
            >= Marker.String8 and <= Marker.String32 => PackStreamType.String,
            >= Marker.List8 and <= Marker.List32 => PackStreamType.List,
            >= Marker.Map8 and <= Marker.Map32 => PackStreamType.Map,
            Marker.Structure8 or Marker.Structure16 => PackStreamType.Structure,
            Marker.Uuid => PackStreamType.Uuid,
            _ => throw Violation($"no value begins with the byte 0x{marker:X2}"),
        };
    }

    /// <summary>Reads null if that is next.</summary>
    public bool TryReadNull()
    {
        if (PeekMarker() != Marker.Null)
            return false;
        Position++;
        return true;
    }

    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        var marker = PeekMarker();
        if (marker is not (Marker.False or Marker.True))
            throw Unexpected(PackStreamType.Boolean);
        Position++;
        return marker == Marker.True;
    }

    /// <summary>Reads an integer of any width.</summary>
    public long ReadInteger()
    {
        var marker = PeekMarker();
        // Widths differ from one integer to the next, and a switch would often be mispredicted: that takes 3 ns more.
        var width = marker - Marker.Int8;
        if ((uint)width <= Marker.Int64 - Marker.Int8 && _bytes.Length - Position > sizeof(long))
        {
            var widest = BinaryPrimitives.ReadInt64BigEndian(_bytes[(Position + 1)..]);
            var size = 1 << width;
            Position += 1 + size;
            return widest >> (64 - (8 * size));
        }
        switch (marker)
        {
            case < Marker.TinyString or >= Marker.TinyIntMinimum:
                Position++;
                return (sbyte)marker;
            case Marker.Int8:
                return (sbyte)Take(1, 1)[0];
            case Marker.Int16:
                return BinaryPrimitives.ReadInt16BigEndian(Take(1, sizeof(short)));
            case Marker.Int32:
                return BinaryPrimitives.ReadInt32BigEndian(Take(1, sizeof(int)));
            case Marker.Int64:
                return BinaryPrimitives.ReadInt64BigEndian(Take(1, sizeof(long)));
            default:
                throw Unexpected(PackStreamType.Integer);
        }
    }

    /// <summary>Reads a float.</summary>
    public double ReadFloat() => PeekMarker() == Marker.Float64
        ? BinaryPrimitives.ReadDoubleBigEndian(Take(1, sizeof(double)))
        : throw Unexpected(PackStreamType.Float);

    /// <summary>Reads a UUID (Bolt 6.1 and later).</summary>
    public Guid ReadUuid() => PeekMarker() == Marker.Uuid
        ? new Guid(Take(1, 16), bigEndian: true)
        : throw Unexpected(PackStreamType.Uuid);

    /// <summary>Reads bytes, as a slice of the input.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var (head, length) = ReadLength(Marker.Bytes8, tiny: -1, PackStreamType.Bytes);
        return Take(head, length);
    }

    /// <summary>Reads a string's UTF-8 bytes, as a slice of the input. Their encoding is not checked.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var (head, length) = ReadLength(Marker.String8, Marker.TinyString, PackStreamType.String);
        return Take(head, length);
    }

    /// <summary>Reads a string.</summary>
    public string ReadString()
    {
        var start = Position;
        var utf8 = ReadUtf8();
        try
        {
            return _utf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new BoltException(BoltErrorKind.ProtocolViolation, $"The string at byte {start} is not UTF-8.", e);
        }
    }

    /// <summary>Reads the head of a list and returns how many values follow.</summary>
    public int ReadListHeader()
    {
        var (head, count) = ReadLength(Marker.List8, Marker.TinyList, PackStreamType.List);
        return EnterContainer(head, count, bytesEach: 1);
    }

    /// <summary>Reads the head of a map and returns how many pairs follow.</summary>
    public int ReadMapHeader()
    {
        var (head, count) = ReadLength(Marker.Map8, Marker.TinyMap, PackStreamType.Map);
        return EnterContainer(head, count, bytesEach: 2);
    }

    /// <summary>Reads the head of a structure.</summary>
    public (byte Tag, int Fields) ReadStructureHeader()
    {
        var marker = PeekMarker();
        var (head, fields) = marker switch
        {
            >= Marker.TinyStructure and < Marker.Null => (1, marker & 0x0F),
            Marker.Structure8 => (2, Peek(1, 1)[0]),
            Marker.Structure16 => (3, BinaryPrimitives.ReadUInt16BigEndian(Peek(1, 2))),
            _ => throw Unexpected(PackStreamType.Structure),
        };
        var tag = Peek(head, 1)[0];
        return (tag, EnterContainer(head + 1, fields, bytesEach: 1));
    }

    /// <summary>Moves behind the next value, whatever it holds, and returns its bytes. Nesting is limited
    /// (<see cref="MaxDepth"/>), so hostile bytes cannot exhaust the stack. The encoding of strings is not
    /// checked.</summary>
    public ReadOnlySpan<byte> Skip()
    {
        var start = Position;
        Position = PackStreamSkipper.Skip(_bytes, start);
        return _bytes[start..Position];
    }

    /// <summary>Moves behind <paramref name="encoded"/> if exactly these bytes come next. That is much quicker than reading
    /// what one already knows, such as the head and the first key of a map like the one before.</summary>
    public bool TrySkip(scoped ReadOnlySpan<byte> encoded)
    {
        if (!_bytes[Position..].StartsWith(encoded))
            return false;
        Position += encoded.Length;
        return true;
    }

    /// <summary>Moves on by as many bytes as the caller knows the next values to have.</summary>
    public void Advance(int bytes)
    {
        if ((uint)bytes > (uint)(_bytes.Length - Position))
            throw Violation($"{bytes} bytes are to be passed over and {_bytes.Length - Position} are left");
        Position += bytes;
    }

    /// <summary>Decodes the next value to .NET types: null, bool, long, double, byte[], string,
    /// <c>List&lt;object?&gt;</c>, <c>Dictionary&lt;string, object?&gt;</c>, and the types of <c>Grap.Bolt.Values</c>
    /// for structures and UUIDs.</summary>
    public object? ReadValue()
    {
        switch (Peek())
        {
            case PackStreamType.Null:
                Position++;
                return null;
            case PackStreamType.Boolean:
                return ReadBoolean();
            case PackStreamType.Integer:
                return ReadInteger();
            case PackStreamType.Float:
                return ReadFloat();
            case PackStreamType.Bytes:
                return ReadBytes().ToArray();
            case PackStreamType.String:
                return ReadString();
            case PackStreamType.Uuid:
                return new Values.Uuid(ReadUuid());
            case PackStreamType.List:
                return ReadList();
            case PackStreamType.Map:
                return ReadMap();
            default:
                Deepen();
                var value = StructureCodec.Read(ref this);
                _depth--;
                return value;
        }
    }

    internal List<object?> ReadList()
    {
        Deepen();
        var count = ReadListHeader();
        var list = new List<object?>(Trusted(count));
        for (var i = 0; i < count; i++)
            list.Add(ReadValue());
        _depth--;
        return list;
    }

    internal Dictionary<string, object?> ReadMap()
    {
        Deepen();
        var count = ReadMapHeader();
        var map = new Dictionary<string, object?>(Trusted(count), StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = ReadString();
            if (!map.TryAdd(key, ReadValue()))
                throw Violation("a map repeats a key");
        }
        _depth--;
        return map;
    }

    internal static BoltException Violation(int position, string what) =>
        new(BoltErrorKind.ProtocolViolation, $"Not PackStream at byte {position}: {what}.");

    internal readonly BoltException Violation(string what) => Violation(Position, what);

    /// <summary>How many places to reserve for a claim of <paramref name="count"/>: half as many on each level, as a
    /// thousand claims nested in each other would reserve 30 MB otherwise.</summary>
    private readonly int Trusted(int count) => Math.Min(count, TrustedCount >> Math.Min(_depth, 10));

    private void Deepen()
    {
        if (++_depth > MaxDepth)
            throw Violation($"values are nested more than {MaxDepth} deep");
        // A level of structures takes up to a KiB of stack, and threads are given as little as 512 KiB.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Violation($"values are nested {_depth} deep, for which this thread's stack is too small");
    }

    private readonly byte PeekMarker() =>
        (uint)Position < (uint)_bytes.Length ? _bytes[Position] : throw Violation("it ends where a value should begin");

    private readonly ReadOnlySpan<byte> Peek(int offset, int length) =>
        length <= _bytes.Length - Position - offset
            ? _bytes.Slice(Position + offset, length)
            : throw Violation("it ends in the middle of a value");

    private ReadOnlySpan<byte> Take(int offset, int length)
    {
        var slice = Peek(offset, length);
        Position += offset + length;
        return slice;
    }

    /// <summary>The length in the head at the position, which is one of three widths that follow each other, or
    /// tiny.</summary>
    private readonly (int Head, int Length) ReadLength(byte marker8, int tiny, PackStreamType expected)
    {
        var marker = PeekMarker();
        if (tiny >= 0 && (marker & 0xF0) == tiny)
            return (1, marker & 0x0F);
        var wide = marker - marker8;
        switch (wide)
        {
            case 0:
                return (2, Peek(1, 1)[0]);
            case 1:
                return (3, BinaryPrimitives.ReadUInt16BigEndian(Peek(1, 2)));
            case 2:
                var length = BinaryPrimitives.ReadUInt32BigEndian(Peek(1, 4));
                return length <= int.MaxValue
                    ? (5, (int)length)
                    : throw Violation($"a length of {length} bytes or items is claimed");
            default:
                throw Unexpected(expected);
        }
    }

    /// <summary>Moves behind a head, unless it claims more items than the bytes left can hold.</summary>
    private int EnterContainer(int head, int count, int bytesEach)
    {
        if ((long)count * bytesEach > _bytes.Length - Position - head)
            throw Violation($"{count} items are claimed and {_bytes.Length - Position - head} bytes are left");
        Position += head;
        return count;
    }

    private readonly BoltException Unexpected(PackStreamType expected) =>
        Violation($"expected {expected}, found {Peek()}");
}
