namespace Grap.Schemas;

/// <summary>A label or a relationship type that is declared.</summary>
/// <param name="Name">Its name.</param>
public sealed record DeclaredElement(string Name)
{
    /// <summary>Whether something must have it.</summary>
    public bool Required { get; init; }

    /// <summary>Properties that everything with it must have.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];
}
