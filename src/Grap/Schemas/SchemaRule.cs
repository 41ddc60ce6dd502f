namespace Grap.Schemas;

/// <summary>Something that must hold in the graph.</summary>
/// <param name="Name">What it says, for people.</param>
/// <param name="Cypher">A query that returns one number: how often it does not hold. It only reads.</param>
public sealed record SchemaRule(string Name, string Cypher)
{
    /// <summary>Whether breaking it is a warning, and no failure.</summary>
    public bool Warns { get; init; }
}
