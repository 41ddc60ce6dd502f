using System.Collections.Immutable;
using System.Globalization;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>A relationship from an item to a hub, made by a writer's transaction.</summary>
internal readonly record struct Touch(int Hub, long Number);

/// <summary>A node that is changed, deleted, and created again under the same key.</summary>
/// <param name="Serial">The transaction that created it: another node than the one that had the key before.</param>
internal sealed record Item(long Serial)
{
    /// <summary>The transaction that changed it last.</summary>
    public long Version { get; init; }

    /// <summary>Grows from a string that fits into the property's record to one of many records, and shrinks
    /// again.</summary>
    public string Text { get; init; } = "";

    /// <summary>Grows and shrinks as the text does.</summary>
    public ImmutableArray<long> Numbers { get; init; } = [];

    /// <summary>Its second label.</summary>
    public required string Temper { get; init; }

    /// <summary>Its relationships to hubs.</summary>
    public ImmutableList<Touch> Touches { get; init; } = [];

    /// <summary>The labels that items change between. Each has a counter per writer.</summary>
    public static ImmutableArray<string> Tempers { get; } = ["Hot", "Warm", "Cold"];

    /// <summary>The stable business key of a writer's item.</summary>
    public static string KeyOf(int writer, int slot) => string.Create(CultureInfo.InvariantCulture, $"{writer}-{slot}");
}
