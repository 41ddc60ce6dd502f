using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using Grap.Host.Pester.Assertions;

namespace Grap.Host.Pester;

/// <summary>
/// Reads a test file before it runs and names every keyword, operator and parameter that this subset does not know:
/// at run time a test that expects an error could swallow that, and pass.
/// </summary>
internal static class SubsetCheck
{
    private static readonly string[] Unsupported =
    [
        "Mock", "InModuleScope", "Assert-MockCalled", "Assert-VerifiableMock", "Add-ShouldOperator",
        "New-PesterContainer", "New-PesterConfiguration", "Invoke-Pester", "Add-TestDependency",
    ];

    /// <returns>One sentence for each problem; none when the file can be run.</returns>
    public static IReadOnlyList<string> Problems(string file)
    {
        var script = Parser.ParseFile(file, out _, out var errors);
        if (errors.Length > 0)
            return [.. errors.Select(e => $"line {e.Extent.StartLineNumber}: {e.Message}")];
        return [.. script.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true)
            .Cast<CommandAst>()
            .SelectMany(command => ProblemsOf(command)
                .Select(problem => $"line {command.Extent.StartLineNumber}: {problem}"))];
    }

    private static IEnumerable<string> ProblemsOf(CommandAst command)
    {
        var name = command.GetCommandName();
        if (name is null)
            return [];
        if (Unsupported.Contains(name, StringComparer.OrdinalIgnoreCase)
            || name.StartsWith("Should-", StringComparison.OrdinalIgnoreCase))
            return [$"{name} is not supported here."];
        if (!Keywords().TryGetValue(name, out var type))
            return [];
        var given = command.CommandElements.OfType<CommandParameterAst>().Select(p => p.ParameterName).ToList();
        var known = KnownParameters(type);
        if (type == typeof(ShouldCommand))
        {
            var operators = given.Where(ShouldOperators.IsKnown).ToList();
            var splatted = command.CommandElements.Any(e => e is VariableExpressionAst { Splatted: true });
            if (operators.Count != 1 && !splatted)
                return [$"Should needs exactly one operator, known ones are: {ShouldOperators.AllNames}."];
            foreach (var extra in operators.Select(o => KnownParameters(ShouldOperators.Create(o).GetType())))
                known.UnionWith(extra);
        }

        return given.Where(parameter => !known.Contains(parameter))
            .Select(parameter => $"{name} has no operator or parameter -{parameter} here.");
    }

    private static Dictionary<string, Type> Keywords() => Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type.Namespace?.StartsWith("Grap.Host.Pester", StringComparison.Ordinal) == true)
        .Select(type => (Type: type, Cmdlet: type.GetCustomAttribute<CmdletAttribute>()))
        .Where(entry => entry.Cmdlet is not null)
        .ToDictionary(e => PesterRun.CommandName(e.Cmdlet!), e => e.Type, StringComparer.OrdinalIgnoreCase);

    private static HashSet<string> KnownParameters(Type type) => type.GetProperties()
        .Where(property => property.IsDefined(typeof(ParameterAttribute)))
        .SelectMany(property => (property.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? [])
            .Append(property.Name))
        .Concat(Cmdlet.CommonParameters)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
