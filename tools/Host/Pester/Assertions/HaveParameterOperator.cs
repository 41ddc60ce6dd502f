using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary><c>-HaveParameter</c>: a command, as Get-Command gives it, has a parameter of that kind.</summary>
public sealed class HaveParameterOperator : ShouldOperator
{
    [Parameter(Position = 0, Mandatory = true)]
    public string ParameterName { get; set; } = string.Empty;

    [Parameter]
    public object? Type { get; set; }

    [Parameter]
    public SwitchParameter Mandatory { get; set; }

    [Parameter]
    public SwitchParameter HasArgumentCompleter { get; set; }

    [Parameter]
    public string[] Alias { get; set; } = [];

    internal override string? Failure(ShouldCommand should, object? actual, bool negated)
    {
        if (Value.Bare(actual) is not CommandInfo command)
            throw new ArgumentException("Should -HaveParameter looks at a command: Get-Command X | Should ...");
        var but = Mismatch(command);
        return (but is null) != negated
            ? null
            : $"Expected {command.Name} {(negated ? "not " : string.Empty)}to have such a parameter {ParameterName}"
                + $"{Reason}, but {but ?? "it has"}.";
    }

    private string? Mismatch(CommandInfo command)
    {
        if (!command.Parameters.TryGetValue(ParameterName, out var parameter))
            return "it has none of that name";
        if (Type is not null && parameter.ParameterType != Wanted(Type))
            return $"its type is [{parameter.ParameterType}]";
        if (Mandatory && !parameter.Attributes.OfType<ParameterAttribute>().Any(p => p.Mandatory))
            return "it is not mandatory";
        if (HasArgumentCompleter && !parameter.Attributes.Any(a => a is ArgumentCompleterAttribute))
            return "it completes nothing";
        var missing = Alias.Except(parameter.Aliases, StringComparer.OrdinalIgnoreCase).ToList();
        return missing.Count > 0 ? $"it has no alias {string.Join(", ", missing)}" : null;
    }

    private static Type Wanted(object type) => Value.Bare(type) as Type
        ?? LanguagePrimitives.ConvertTo<Type>(type.ToString()!.Trim('[', ']'));
}
