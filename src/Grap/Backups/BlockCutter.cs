using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>
/// Gathers the elements of one aligned id range, without those that were just being deleted, and cuts them into parts
/// by content alone: a part ends before the element that would take it over <see cref="PartBytes"/>. So the same
/// content gives the same blocks, whatever rows it came in.
/// </summary>
internal sealed class BlockCutter(BlockKind kind, BlockBuffers buffers, ProjectionFilter? filter)
{
    /// <summary>Most bytes in a part, unless a single element is larger.</summary>
    public const int PartBytes = 4 << 20;

    private NativeBuffer? _part;
    private long _firstId;
    private long _lastId;
    private int _number;
    private int _count;

    /// <summary>Starts the range at <paramref name="firstId"/>.</summary>
    public void Begin(long firstId)
    {
        _firstId = firstId;
        _lastId = firstId - 1;
        _number = 0;
    }

    /// <summary>Takes elements from <paramref name="bytes"/>, beginning at <paramref name="position"/>, until all
    /// <paramref name="remaining"/> are taken or a part is full; a full part is returned, and the caller calls
    /// again.</summary>
    public RawBlock? Take(ReadOnlySpan<byte> bytes, ref int position, ref int remaining)
    {
        var reader = new PackStreamReader(bytes[position..]);
        var runStart = 0;
        while (remaining > 0)
        {
            var start = reader.Position;
            var id = Elements.SkipElement(ref reader, out var whole);
            CheckOrder(id);
            if (!whole || filter?.Excludes(kind, bytes.Slice(position + start, reader.Position - start)) == true)
            {
                Append(bytes, position + runStart, start - runStart);
                runStart = reader.Position;
            }
            else if (WouldOverflow(reader.Position - runStart))
            {
                Append(bytes, position + runStart, start - runStart);
                position += start;
                return Close();
            }
            else
            {
                _count++;
            }
            _lastId = id;
            remaining--;
        }
        Append(bytes, position + runStart, reader.Position - runStart);
        position += reader.Position;
        return null;
    }

    /// <summary>Takes one element larger than a part together with the buffer that it came in, so that tens of MiB are
    /// not copied. What was gathered before must have been taken with <see cref="Finish"/>. Null, and the buffer is
    /// given back, if it is not to be kept.</summary>
    public RawBlock? TakeWhole(NativeBuffer buffer, int offset)
    {
        var element = buffer.Written[offset..];
        var reader = new PackStreamReader(element);
        var id = Elements.SkipElement(ref reader, out var whole);
        CheckOrder(id);
        _lastId = id;
        if (whole && filter?.Excludes(kind, element) != true)
            return new RawBlock(new BlockKey(kind, _firstId, _number++), 1, buffer, offset, reader.Position);
        buffers.Return(buffer);
        return null;
    }

    /// <summary>Ends the part that is being gathered, mostly the range's last; null where there is none.</summary>
    public RawBlock? Finish() => _count > 0 ? Close() : null;

    /// <summary>Gives back what an abandoned range holds.</summary>
    public void Abandon()
    {
        if (_part is not null)
            buffers.Return(_part);
        _part = null;
        _count = 0;
    }

    private bool WouldOverflow(int runLength) => _count > 0 && (_part?.Length ?? 0) + runLength > PartBytes;

    private void Append(ReadOnlySpan<byte> bytes, int start, int length)
    {
        if (length == 0)
            return;
        _part ??= buffers.Rent();
        _part.Append(bytes.Slice(start, length));
    }

    private RawBlock Close()
    {
        var part = _part!;
        var block = new RawBlock(new BlockKey(kind, _firstId, _number++), _count, part, 0, part.Length);
        _part = null;
        _count = 0;
        return block;
    }

    private void CheckOrder(long id)
    {
        if (id > _lastId && id < _firstId + BlockKey.RangeLength)
            return;
        throw new GrapException(
            GrapCondition.ProtocolViolation,
            $"The server returned id {id} after {_lastId} for the range at {_firstId}: not what was asked.",
            "Report this with the server's version; nothing was published.");
    }
}
