using Grap.Graphs;
using Grap.Repositories;

namespace Grap.Schemas;

/// <summary>What somebody wrote down about how a graph must be: the format is in docs/health.md.</summary>
public sealed record DeclaredSchema
{
    /// <summary>Larger files are refused: nobody declares a schema of a mebibyte.</summary>
    internal const int MaxBytes = 1 << 20;

    /// <summary>Labels.</summary>
    public IReadOnlyList<DeclaredElement> Labels { get; init; } = [];
    /// <summary>Relationship types.</summary>
    public IReadOnlyList<DeclaredElement> RelationshipTypes { get; init; } = [];
    /// <summary>Constraints.</summary>
    public IReadOnlyList<GraphConstraint> Constraints { get; init; } = [];
    /// <summary>Indexes.</summary>
    public IReadOnlyList<GraphIndex> Indexes { get; init; } = [];
    /// <summary>What else must hold.</summary>
    public IReadOnlyList<SchemaRule> Rules { get; init; } = [];

    /// <summary>Reads a file. Throws SchemaInvalid, naming the place in the file, for one that cannot be read or
    /// understood.</summary>
    /// <param name="path">The file's path.</param>
    public static DeclaredSchema Load(string path)
    {
        byte[] content;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
                throw Invalid(path, $"it has {file.Length} bytes, and {MaxBytes} are allowed");
            content = new byte[file.Length];
            file.ReadExactly(content);
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure) || failure is ArgumentException)
        {
            throw Invalid(path, failure.Message, failure);
        }
        return Parse(content, path);
    }

    /// <summary>Reads a file's bytes: JSON in UTF-8. Throws SchemaInvalid.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="name">The file's name, for messages.</param>
    public static DeclaredSchema Parse(ReadOnlyMemory<byte> content, string name) =>
        content.Length > MaxBytes
            ? throw Invalid(name, $"it has {content.Length} bytes, and {MaxBytes} are allowed")
            : DeclaredSchemaParser.Parse(content, name);

    internal static GrapException Invalid(string name, string problem, Exception? inner = null) => new(
        GrapCondition.SchemaInvalid, $"The declared schema '{name}' cannot be used: {problem}.",
        "Correct the file; docs/health.md and about_Grap_Health describe it.", name, inner);

    /// <summary>Its indexes and constraints, as a database would tell them.</summary>
    internal GraphSchema ToGraphSchema() => new() { Constraints = Constraints, Indexes = Indexes };
}
