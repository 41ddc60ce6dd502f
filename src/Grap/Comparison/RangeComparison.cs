using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>Goes through one range of two graphs side by side.</summary>
internal static class RangeComparison
{
    /// <summary>Tells every change to <paramref name="changed"/>, ids rising.</summary>
    public static async Task RunAsync(
        RangeCursor reference, RangeCursor difference, BlockKind kind, ElementChanged changed)
    {
        await reference.MoveAsync().ConfigureAwait(false);
        await difference.MoveAsync().ConfigureAwait(false);
        while (reference.HasCurrent || difference.HasCurrent)
        {
            if (!difference.HasCurrent || (reference.HasCurrent && reference.Id < difference.Id))
            {
                await changed(new ElementChange(kind, ChangeKind.Removed, reference.Id, reference.Current, default))
                    .ConfigureAwait(false);
                await reference.MoveAsync().ConfigureAwait(false);
            }
            else if (!reference.HasCurrent || difference.Id < reference.Id)
            {
                await changed(new ElementChange(kind, ChangeKind.Added, difference.Id, default, difference.Current))
                    .ConfigureAwait(false);
                await difference.MoveAsync().ConfigureAwait(false);
            }
            else if (!RangeCursor.TrySkipEqual(reference, difference))
            {
                // Most parts of most graphs are the same from end to end.
                await reference.SkipPartAsync().ConfigureAwait(false);
                await difference.SkipPartAsync().ConfigureAwait(false);
            }
            else if (reference.Id == difference.Id)
            {
                await CompareOneAsync(reference, difference, kind, changed).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask CompareOneAsync(
        RangeCursor reference, RangeCursor difference, BlockKind kind, ElementChanged changed)
    {
        var (before, after) = (reference.Current, difference.Current);
        if (!before.Span.SequenceEqual(after.Span))
        {
            if (kind == BlockKind.Relationships && !SameEnds(before.Span, after.Span))
            {
                // An id that is used again by another relationship: nothing can turn the one into the other.
                await changed(new ElementChange(kind, ChangeKind.Removed, reference.Id, before, default))
                    .ConfigureAwait(false);
                await changed(new ElementChange(kind, ChangeKind.Added, difference.Id, default, after))
                    .ConfigureAwait(false);
            }
            else if (Meaning(kind, before.Span) != Meaning(kind, after.Span))
            {
                await changed(new ElementChange(kind, ChangeKind.Changed, reference.Id, before, after))
                    .ConfigureAwait(false);
            }
        }
        await reference.MoveAsync().ConfigureAwait(false);
        await difference.MoveAsync().ConfigureAwait(false);
    }

    private static bool SameEnds(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var one = new PackStreamReader(before);
        var first = RelationshipElement.Read(before, ref one);
        var other = new PackStreamReader(after);
        var second = RelationshipElement.Read(after, ref other);
        return first.StartId == second.StartId && first.EndId == second.EndId
            && first.Type.SequenceEqual(second.Type);
    }

    // Labels and properties have no order.
    private static (UInt128 Tokens, UInt128 Properties) Meaning(BlockKind kind, ReadOnlySpan<byte> element)
    {
        var reader = new PackStreamReader(element);
        var tokens = kind == BlockKind.Nodes
            ? NodeElement.Read(element, ref reader).Labels
            : RelationshipElement.Read(element, ref reader).Type;
        var properties = new PackStreamReader(element[..reader.Position]);
        properties.ReadListHeader();
        for (var before = kind == BlockKind.Nodes ? 2 : 4; before > 0; before--)
            properties.Skip();
        return (ElementHasher.Tokens(tokens), ElementHasher.Properties(ref properties));
    }
}
