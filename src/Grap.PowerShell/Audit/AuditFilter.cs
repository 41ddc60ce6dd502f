using System.Management.Automation;
using Grap.Repositories;

namespace Grap.PowerShell.Audit;

/// <summary>Which entries are wanted; a null condition asks nothing. Texts are patterns, in which case does not
/// matter.</summary>
internal sealed class AuditFilter(
    string[]? operations, string[]? results, string[]? entityTypes, string[]? entityIds, string[]? actors,
    DateTimeOffset? after, DateTimeOffset? before)
{
    private readonly WildcardPattern[]? _operations = Patterns(operations);
    private readonly WildcardPattern[]? _results = Patterns(results);
    private readonly WildcardPattern[]? _entityTypes = Patterns(entityTypes);
    private readonly WildcardPattern[]? _entityIds = Patterns(entityIds);
    private readonly WildcardPattern[]? _actors = Patterns(actors);

    /// <summary>True where every condition holds. Times include <c>after</c> and exclude <c>before</c>.</summary>
    public bool Matches(JournalEntry entry) =>
        (after is null || entry.Timestamp >= after) &&
        (before is null || entry.Timestamp < before) &&
        AnyMatches(_operations, entry.Operation) &&
        AnyMatches(_results, entry.Result) &&
        AnyMatches(_entityTypes, entry.EntityType) &&
        AnyMatches(_entityIds, entry.EntityId) &&
        AnyMatches(_actors, entry.Actor);

    private static bool AnyMatches(WildcardPattern[]? patterns, string text) =>
        patterns is null || Array.Exists(patterns, pattern => pattern.IsMatch(text));

    private static WildcardPattern[]? Patterns(string[]? texts) => texts is null
        ? null
        : Array.ConvertAll(texts, text => WildcardPattern.Get(text, WildcardOptions.IgnoreCase));
}
