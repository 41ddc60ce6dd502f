namespace Grap.Graphs;

/// <summary>
/// Bytes that elements have in common, up to a value in which they differ: the labels or the type, the head of the map of
/// properties and its first key; then, behind each value, the next key. See <see cref="ShapeTree"/>.
/// </summary>
internal sealed class ShapeStep
{
    private readonly byte[] _bytes;
    private readonly Range _tokens;
    private readonly Range _key;

    /// <summary>The place where all elements begin.</summary>
    public ShapeStep() : this(0, null, [], default, default, valuesLeft: 1) { }

    public ShapeStep(int number, ShapeStep? before, byte[] bytes, Range tokens, Range key, int valuesLeft)
    {
        (Number, Before, _bytes, _tokens, _key, ValuesLeft) = (number, before, bytes, tokens, key, valuesLeft);
        KeyHash = ElementHasher.Key(Key);
        TokensHash = IsFirst ? ElementHasher.Tokens(Tokens) : 0;
    }

    /// <summary>Steps are numbered from 1 in the order in which they were met; 0 is where all begin.</summary>
    public int Number { get; }

    /// <summary>The step before; null for the place where all begin.</summary>
    public ShapeStep? Before { get; }

    /// <summary>Whether it holds the labels or the type.</summary>
    public bool IsFirst => Before is { Before: null };

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The list of labels or the type; empty where it is not the first.</summary>
    public ReadOnlySpan<byte> Tokens => _bytes.AsSpan(_tokens);

    /// <summary>The key as PackStream string; empty where no value follows.</summary>
    public ReadOnlySpan<byte> Key => _bytes.AsSpan(_key);

    /// <summary>How many values are still to come, the one directly behind these bytes included.</summary>
    public int ValuesLeft { get; }

    /// <summary><see cref="ElementHasher.Key"/> of the key.</summary>
    public long KeyHash { get; }

    /// <summary><see cref="ElementHasher.Tokens"/> of the labels or the type.</summary>
    public ulong TokensHash { get; }

    /// <summary>How many elements took it, where somebody counts.</summary>
    public long Count { get; set; }

    /// <summary>Which column of an archive's block follows it; -1 where that is not decided.</summary>
    public int Column { get; set; } = -1;

    /// <summary>Which shape of an archive's block ends with it; -1 where none does.</summary>
    public int Shape { get; set; } = -1;

    /// <summary>What came next the last time: neighbours are mostly alike.</summary>
    public ShapeStep? Expected { get; set; }

    /// <summary>Everything that came next, by the XXH128 of its bytes.</summary>
    public Dictionary<UInt128, ShapeStep> Next { get; } = [];
}
