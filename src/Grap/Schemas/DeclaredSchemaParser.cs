using System.Text.Json;
using Grap.Graphs;

namespace Grap.Schemas;

/// <summary>Reads a declared schema. A name that is not known is an error: a rule that is mistyped must not be a rule
/// that is never checked.</summary>
internal static class DeclaredSchemaParser
{
    private const string Node = "NODE";
    private const string Relationship = "RELATIONSHIP";

    private static readonly JsonDocumentOptions s_options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 8,
    };

    public static DeclaredSchema Parse(ReadOnlyMemory<byte> content, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(content), s_options);
            return ReadSchema(new SchemaNode(document.RootElement, "", file));
        }
        catch (JsonException error)
        {
            throw DeclaredSchema.Invalid(file, error.Message.TrimEnd('.'), error);
        }
        catch (InvalidOperationException error)
        {
            // A text with half of a surrogate pair or bytes that are no UTF-8.
            throw DeclaredSchema.Invalid(file, error.Message.TrimEnd('.'), error);
        }
    }

    private static DeclaredSchema ReadSchema(SchemaNode root)
    {
        root.Knows("version", "labels", "relationshipTypes", "constraints", "indexes", "rules");
        if (root.Number("version") is not 1)
            throw root.At("version").Invalid("must be 1");
        var schema = new DeclaredSchema
        {
            Labels = [.. root.Members("labels").Select(ReadElement)],
            RelationshipTypes = [.. root.Members("relationshipTypes").Select(ReadElement)],
            Constraints = [.. root.Items("constraints").Select(ReadConstraint)],
            Indexes = [.. root.Items("indexes").Select(ReadIndex)],
            Rules = [.. root.Items("rules").Select(ReadRule)],
        };
        RefuseTwice(root.At("constraints"), schema.Constraints.Select(static constraint => constraint.Name)
            .Concat(schema.Indexes.Select(static index => index.Name)));
        return schema;
    }

    private static DeclaredElement ReadElement((string Name, SchemaNode Value) element)
    {
        element.Value.Knows("required", "properties");
        return new DeclaredElement(element.Value.CheckName(element.Name))
        {
            Required = element.Value.Flag("required"),
            Properties = element.Value.Names("properties"),
        };
    }

    private static GraphConstraint ReadConstraint(SchemaNode node)
    {
        node.Knows("name", "type", "label", "relationshipType", "properties", "propertyType");
        var (entity, names) = ReadOwner(node, severalLabels: false);
        var type = (node.Text("type"), entity) switch
        {
            ("unique", Node) => "UNIQUENESS",
            ("unique", _) => "RELATIONSHIP_UNIQUENESS",
            ("key", _) => $"{entity}_KEY",
            ("exists", _) => $"{entity}_PROPERTY_EXISTENCE",
            ("typed", _) => $"{entity}_PROPERTY_TYPE",
            _ => throw node.At("type").Invalid("must be unique, key, exists or typed"),
        };
        var propertyType = node.OptionalText("propertyType");
        var typed = type.EndsWith("_TYPE", StringComparison.Ordinal);
        if (typed != propertyType is not null)
            throw node.At("propertyType").Invalid("belongs to a constraint of type typed, and only there");
        return new GraphConstraint
        {
            Name = ReadOwnName(node),
            Type = type,
            EntityType = entity,
            LabelsOrTypes = names,
            Properties = ReadProperties(node),
            PropertyType = propertyType is null ? null : CheckPropertyType(node, propertyType),
        };
    }

    private static GraphIndex ReadIndex(SchemaNode node)
    {
        node.Knows("name", "type", "label", "labels", "relationshipType", "relationshipTypes", "properties", "options");
        var type = node.Text("type") switch
        {
            "range" or "text" or "point" or "fulltext" or "vector" => node.Text("type").ToUpperInvariant(),
            _ => throw node.At("type").Invalid("must be range, text, point, fulltext or vector"),
        };
        var (entity, names) = ReadOwner(node, severalLabels: type == "FULLTEXT");
        var options = node.Values("options");
        return new GraphIndex
        {
            Name = ReadOwnName(node),
            Type = type,
            EntityType = entity,
            LabelsOrTypes = names,
            Properties = ReadProperties(node),
            Options = options.Count == 0
                ? new Dictionary<string, object?>()
                : new Dictionary<string, object?>(StringComparer.Ordinal) { ["indexConfig"] = options },
        };
    }

    private static SchemaRule ReadRule(SchemaNode node)
    {
        node.Knows("name", "cypher", "every", "has", "to", "direction", "severity");
        var warns = node.OptionalText("severity") switch
        {
            null or "fail" => false,
            "warn" => true,
            _ => throw node.At("severity").Invalid("must be fail or warn"),
        };
        if (node.OptionalText("cypher") is not { } cypher)
            return ReadEvery(node) with { Warns = warns };
        if (node.OptionalText("every") is not null)
            throw node.Invalid("has both cypher and every");
        return new SchemaRule(node.Text("name"), cypher) { Warns = warns };
    }

    private static SchemaRule ReadEvery(SchemaNode node)
    {
        var (label, type, to) = (node.Name("every"), node.Name("has"), node.OptionalName("to"));
        var (left, right) = node.OptionalText("direction") switch
        {
            null or "any" => ("-", "-"),
            "out" => ("-", "->"),
            "in" => ("<-", "-"),
            _ => throw node.At("direction").Invalid("must be out, in or any"),
        };
        var other = to is null ? "()" : $"(:{CypherName.Quote(to)})";
        return new SchemaRule(
            node.OptionalText("name") ?? $"every {label} has {type}{(to is null ? "" : $" to {to}")}",
            $"MATCH (n:{CypherName.Quote(label)}) "
            + $"WHERE NOT EXISTS {{ (n){left}[:{CypherName.Quote(type)}]{right}{other} }}"
            + $"{Health.OwnNodes.AndNot(label)} RETURN count(n)");
    }

    private static (string Entity, IReadOnlyList<string> Names) ReadOwner(SchemaNode node, bool severalLabels)
    {
        List<(string Entity, IReadOnlyList<string> Names)> owners = [];
        if (node.OptionalName("label") is { } label)
            owners.Add((Node, [label]));
        if (node.OptionalName("relationshipType") is { } type)
            owners.Add((Relationship, [type]));
        if (severalLabels && node.Names("labels") is { Count: > 0 } labels)
            owners.Add((Node, labels));
        if (severalLabels && node.Names("relationshipTypes") is { Count: > 0 } types)
            owners.Add((Relationship, types));
        return owners is [var one]
            ? one
            : throw node.Invalid(severalLabels
                ? "must have one of label, labels, relationshipType and relationshipTypes"
                : "must have one of label and relationshipType");
    }

    private static IReadOnlyList<string> ReadProperties(SchemaNode node) =>
        node.Names("properties") is { Count: > 0 } names
        ? names
        : throw node.At("properties").Invalid("must name one property at least");

    private static string ReadOwnName(SchemaNode node)
    {
        var name = node.Name("name");
        return name.StartsWith(SchemaReader.OwnPrefix, StringComparison.Ordinal)
            ? throw node.At("name").Invalid($"begins with {SchemaReader.OwnPrefix}, which is Grap's own")
            : name;
    }

    // It becomes part of a statement, and cannot be quoted there.
    private static string CheckPropertyType(SchemaNode node, string type) =>
        type.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is ' ' or '<' or '>' or '|')
        && type.Length is > 0 and <= 200
            ? type
            : throw node.At("propertyType").Invalid("must be a type of Cypher, as STRING or LIST<INTEGER NOT NULL>");

    private static void RefuseTwice(SchemaNode node, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (names.FirstOrDefault(name => !seen.Add(name)) is { } twice)
            throw node.Invalid($"declares the name '{twice}' twice");
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content) =>
        content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
}
