namespace Grap.Recovery;

/// <summary>What kind of thing a target could not take.</summary>
public enum NotCarriedKind
{
    /// <summary>A constraint.</summary>
    Constraint,
    /// <summary>An index.</summary>
    Index,
    /// <summary>One option of an index; the index is there.</summary>
    IndexOption,
    /// <summary>Values of properties; their elements are there without them.</summary>
    Property,
}

/// <summary>Something of a graph that its new place does not have.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Name">Its name: of the constraint or index, <c>index.option</c>, or the property's key.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record NotCarried(NotCarriedKind Kind, string Name, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}: {Reason}";
}
