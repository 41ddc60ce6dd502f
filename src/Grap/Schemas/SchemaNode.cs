using System.Globalization;
using System.Text.Json;

namespace Grap.Schemas;

/// <summary>One value of a declared schema's file and where it stands, for messages.</summary>
internal readonly record struct SchemaNode(JsonElement Value, string Place, string File)
{
    private const int MaxName = 1000;

    public GrapException Invalid(string problem) =>
        DeclaredSchema.Invalid(File, $"{(Place.Length == 0 ? "the file" : Place)} {problem}");

    /// <summary>Where a member stands or would stand, for messages.</summary>
    public SchemaNode At(string member) => this with { Place = Place.Length == 0 ? member : $"{Place}.{member}" };

    /// <summary>Refuses what is no object, other members than these, and members that come twice.</summary>
    public void Knows(params ReadOnlySpan<string> members)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Invalid("must be an object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in Value.EnumerateObject())
        {
            if (!members.Contains(member.Name))
                throw At(Short(member.Name)).Invalid("is not known");
            if (!seen.Add(member.Name))
                throw At(member.Name).Invalid("is there twice");
        }
    }

    /// <summary>The members of an object that a member holds; none where it is left out.</summary>
    public IEnumerable<(string Name, SchemaNode Value)> Members(string member)
    {
        if (Find(member) is not { } node)
            return [];
        if (node.Value.ValueKind != JsonValueKind.Object)
            throw node.Invalid("must be an object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<(string, SchemaNode)>();
        foreach (var inner in node.Value.EnumerateObject())
        {
            var at = node.At(Short(inner.Name)) with { Value = inner.Value };
            members.Add(seen.Add(inner.Name) ? (inner.Name, at) : throw at.Invalid("is there twice"));
        }
        return members;
    }

    /// <summary>The items of a list that a member holds; none where it is left out.</summary>
    public IEnumerable<SchemaNode> Items(string member)
    {
        if (Find(member) is not { } node)
            return [];
        if (node.Value.ValueKind != JsonValueKind.Array)
            throw node.Invalid("must be a list");
        return node.Value.EnumerateArray().Select((item, i) => node with
        {
            Value = item,
            Place = string.Create(CultureInfo.InvariantCulture, $"{node.Place}[{i}]"),
        }).ToList();
    }

    /// <summary>A list of names; none where it is left out.</summary>
    public IReadOnlyList<string> Names(string member)
    {
        var names = Items(member).Select(static item => item.CheckName(item.AsText())).ToList();
        return names.Distinct(StringComparer.Ordinal).Count() == names.Count
            ? names
            : throw At(member).Invalid("has a name twice");
    }

    /// <summary>Settings: texts, numbers, truth values and lists of numbers; none where left out.</summary>
    public IReadOnlyDictionary<string, object?> Values(string member) =>
        Members(member).ToDictionary(static value => value.Name, static value => value.Value.AsSetting());

    public string Text(string member) =>
        OptionalText(member) ?? throw At(member).Invalid("is missing");

    public string? OptionalText(string member) => Find(member)?.AsText();

    public string Name(string member) => OptionalName(member) ?? throw At(member).Invalid("is missing");

    public string? OptionalName(string member) => Find(member) is { } node ? node.CheckName(node.AsText()) : null;

    public long? Number(string member) =>
        Find(member) is { Value: { ValueKind: JsonValueKind.Number } value } && value.TryGetInt64(out var number)
            ? number
            : null;

    public bool Flag(string member) => Find(member) is { } node
        && (node.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? node.Value.GetBoolean()
            : throw node.Invalid("must be true or false"));

    /// <summary>A name as Neo4j takes it for a label, a type or a property.</summary>
    public string CheckName(string name) =>
        name.Length is > 0 and <= MaxName && !name.Contains('\0', StringComparison.Ordinal)
            ? name
            : throw Invalid("is not a name: it is empty, too long, or has a zero character");

    private SchemaNode? Find(string member) => Value.TryGetProperty(member, out var value)
        ? At(member) with { Value = value }
        : null;

    private string AsText() => Value.ValueKind == JsonValueKind.String
        ? Value.GetString()!
        : throw Invalid("must be a text");

    private object? AsSetting() => Value.ValueKind switch
    {
        JsonValueKind.String => Value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when Value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => Value.GetDouble(),
        JsonValueKind.Array when Value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Number) =>
            Value.EnumerateArray().Select(static item => (object?)item.GetDouble()).ToList(),
        _ => throw Invalid("must be a text, a number, true, false, or a list of numbers"),
    };

    private static string Short(string name) => name.Length <= 60 ? name : $"{name[..60]}…";
}
