namespace Grap.Bolt.Values;

/// <summary>A UUID value (Bolt 6.1 and later). A type of its own, since a plain <see cref="Guid"/> parameter is sent as
/// a string, which servers of all versions take.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct Uuid(Guid Value)
{
    /// <summary>In the usual form with hyphens.</summary>
    public override string ToString() => Value.ToString("D");
}

/// <summary>A structure that this library does not know. It survives reading and writing.</summary>
/// <param name="Tag">What kind it is.</param>
/// <param name="Fields">Its values.</param>
public sealed record UnknownStructure(byte Tag, IReadOnlyList<object?> Fields)
{
    /// <summary><c>structure 0x7F with 2 fields</c></summary>
    public override string ToString() => $"structure 0x{Tag:X2} with {Fields.Count} fields";
}

/// <summary>
/// What the server sends in place of a value that the protocol version spoken cannot carry (Bolt 6.0 and later). The
/// value itself is not in it: whoever keeps data must notice.
/// </summary>
/// <param name="TypeName">The type's name.</param>
/// <param name="MinimumMajor">The first protocol version that carries it: major number.</param>
/// <param name="MinimumMinor">The minor number.</param>
/// <param name="Details">What the server says beside: <c>message</c>, if anything.</param>
public sealed record UnsupportedValue(
    string TypeName, int MinimumMajor, int MinimumMinor, IReadOnlyDictionary<string, object?> Details)
{
    /// <summary><c>value of type X, which needs Bolt 6.2</c></summary>
    public override string ToString() => $"value of type {TypeName}, which needs Bolt {MinimumMajor}.{MinimumMinor}";
}
