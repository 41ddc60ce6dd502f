using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>
/// Finds elements that claim one unique value: possible in a fuzzy backup, where one was read before it gave the value
/// up and the other after it took it. 8 bytes per constrained element while it looks.
/// </summary>
internal sealed class UniqueClaims(GraphConstraint constraint) : IDisposable
{
    private readonly List<ulong> _hashes = [];
    private readonly byte[][] _keys = [.. constraint.Properties.Select(static p => Encoding.UTF8.GetBytes(p))];
    private readonly byte[][] _names = [.. constraint.LabelsOrTypes.Select(static p => Encoding.UTF8.GetBytes(p))];
    private readonly NativeBuffer _claim = new(256);
    private HashSet<ulong>? _twice;
    private readonly Dictionary<UInt128, List<long>> _claimants = [];

    /// <summary>The constraint's name.</summary>
    public string Name => constraint.Name;

    /// <summary>The kind of element it is about.</summary>
    public BlockKind Kind => constraint.EntityType == "NODE" ? BlockKind.Nodes : BlockKind.Relationships;

    /// <summary>Property keys whose values together are unique.</summary>
    public IReadOnlyList<string> Properties => constraint.Properties;

    /// <summary>Whether a constraint demands uniqueness (alone, or as part of being a key).</summary>
    public static bool DemandsUniqueness(GraphConstraint constraint) =>
        constraint.Type.Contains("UNIQUENESS", StringComparison.Ordinal)
        || constraint.Type.EndsWith("_KEY", StringComparison.Ordinal);

    /// <summary>First round: notes what each element of a block claims.</summary>
    public void Note(ReadOnlySpan<byte> content) => ForEach(content, (_, hash) => _hashes.Add((ulong)hash));

    /// <summary>Between the rounds. False when no value is claimed twice, and the second round is not needed.</summary>
    public bool AnyTwice()
    {
        var sorted = CollectionsMarshal.AsSpan(_hashes);
        sorted.Sort();
        _twice = [];
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
                _twice.Add(sorted[i]);
        }
        _hashes.Clear();
        return _twice.Count > 0;
    }

    /// <summary>Second round: gathers who claims what is claimed twice.</summary>
    public void Gather(ReadOnlySpan<byte> content) => ForEach(content, (id, hash) =>
    {
        if (!_twice!.Contains((ulong)hash))
            return;
        if (!_claimants.TryGetValue(hash, out var ids))
            _claimants.Add(hash, ids = []);
        ids.Add(id);
    });

    /// <summary>The conflicts: of each group, the element with the highest id, which was read last, keeps the
    /// value.</summary>
    public IEnumerable<UniqueConflict> Conflicts() =>
        from ids in _claimants.Values
        where ids.Count > 1
        let kept = ids.Max()
        from id in ids.Where(i => i != kept).Order()
        select new UniqueConflict(Name, kept, id);

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_claim).Dispose();

    private void ForEach(ReadOnlySpan<byte> content, Action<long, UInt128> claim)
    {
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            if (Kind == BlockKind.Nodes)
            {
                var node = NodeElement.Read(content, ref reader);
                if (Concerns(node.Labels) && TryHash(node.Properties, out var hash))
                    claim(node.Id, hash);
            }
            else
            {
                var relationship = RelationshipElement.Read(content, ref reader);
                var type = new PackStreamReader(relationship.Type);
                if (IsNamed(type.ReadUtf8()) && TryHash(relationship.Properties, out var hash))
                    claim(relationship.Id, hash);
            }
        }
    }

    private bool Concerns(ReadOnlySpan<byte> labels)
    {
        var reader = new PackStreamReader(labels);
        for (var left = reader.ReadListHeader(); left > 0; left--)
        {
            if (IsNamed(reader.ReadUtf8()))
                return true;
        }
        return false;
    }

    private bool IsNamed(ReadOnlySpan<byte> name)
    {
        foreach (var candidate in _names)
        {
            if (name.SequenceEqual(candidate))
                return true;
        }
        return false;
    }

    // An element without one of the properties claims nothing.
    private bool TryHash(ReadOnlySpan<byte> properties, out UInt128 hash)
    {
        _claim.Clear();
        foreach (var key in _keys)
        {
            if (!TryAppend(properties, key))
            {
                hash = 0;
                return false;
            }
        }
        hash = XxHash128.HashToUInt128(_claim.Written);
        return true;
    }

    private bool TryAppend(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> key)
    {
        var reader = new PackStreamReader(properties);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var found = reader.ReadUtf8().SequenceEqual(key);
            var type = reader.Peek();
            var value = reader.Skip();
            if (!found)
                continue;
            if (type == PackStreamType.Float)
                AppendNumber(value);
            else
                _claim.Append(value);
            return true;
        }
        return false;
    }

    // Neo4j holds 1 and 1.0 for the same unique value.
    private void AppendNumber(ReadOnlySpan<byte> value)
    {
        var reader = new PackStreamReader(value);
        var number = reader.ReadFloat();
        if (number == Math.Truncate(number) && Math.Abs(number) < 1L << 53)
            new PackStreamWriter(_claim).Write((long)number);
        else
            _claim.Append(value);
    }
}
