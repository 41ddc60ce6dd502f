namespace Grap.Schemas;

/// <summary>A declared index or constraint, before anything was done about it.</summary>
/// <param name="Item">What it is; <see cref="SchemaOutcome.Missing"/> where it is to be created.</param>
/// <param name="Parameters">The statement's parameters.</param>
public sealed record SchemaStepPlan(SchemaItem Item, IReadOnlyList<(string Name, object? Value)> Parameters);
