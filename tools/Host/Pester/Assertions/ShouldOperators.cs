using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary>The operators that there are, by name.</summary>
internal static class ShouldOperators
{
    private static readonly Dictionary<string, Func<ShouldOperator>> Known =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["Be"] = () => new BeOperator(exactly: false),
            ["BeExactly"] = () => new BeOperator(exactly: true),
            ["BeTrue"] = () => new BeTrueOperator(expected: true),
            ["BeFalse"] = () => new BeTrueOperator(expected: false),
            ["BeNullOrEmpty"] = () => new BeNullOrEmptyOperator(),
            ["BeGreaterThan"] = () => new OrderOperator("greater than", order => order > 0),
            ["BeGreaterOrEqual"] = () => new OrderOperator("greater than or equal to", order => order >= 0),
            ["BeLessThan"] = () => new OrderOperator("less than", order => order < 0),
            ["BeLessOrEqual"] = () => new OrderOperator("less than or equal to", order => order <= 0),
            ["BeIn"] = () => new BeInOperator(),
            ["BeLike"] = () => new BeLikeOperator(exactly: false),
            ["BeLikeExactly"] = () => new BeLikeOperator(exactly: true),
            ["BeOfType"] = () => new BeOfTypeOperator(),
            ["Contain"] = () => new ContainOperator(),
            ["Exist"] = () => new ExistOperator(),
            ["FileContentMatch"] = () => new FileContentMatchOperator(),
            ["HaveCount"] = () => new HaveCountOperator(),
            ["HaveParameter"] = () => new HaveParameterOperator(),
            ["Match"] = () => new MatchOperator(exactly: false),
            ["MatchExactly"] = () => new MatchOperator(exactly: true),
            ["Throw"] = () => new ThrowOperator(),
        };

    private static readonly Dictionary<string, string> Aliases = typeof(ShouldCommand).GetProperties()
        .SelectMany(property => property.GetCustomAttributes(typeof(AliasAttribute), inherit: false)
            .Cast<AliasAttribute>()
            .SelectMany(alias => alias.AliasNames)
            .Select(alias => KeyValuePair.Create(alias, property.Name)))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Names => Known.Keys;

    public static string AllNames => string.Join(", ", Known.Keys.Select(name => "-" + name));

    public static bool IsKnown(string name) => Known.ContainsKey(Aliases.GetValueOrDefault(name, name));

    public static ShouldOperator Create(string name) => Known[Aliases.GetValueOrDefault(name, name)]();
}
