using System.Management.Automation;
using System.Reflection;

namespace Grap.Help;

/// <summary>A parameter as one parameter set has it: its set may be <see cref="CommandShape.AllSets"/>, and its
/// position is null where it is given by name only.</summary>
internal sealed record ParameterShape(
    string Name, Type Type, string Set, bool Mandatory, int? Position, bool FromPipeline, bool FromPipelineByName,
    IReadOnlyList<string> Aliases, bool Wildcards)
{
    /// <summary>True for a switch, which takes no value.</summary>
    public bool IsSwitch => Type == typeof(SwitchParameter);

    /// <summary>The type as users know it: <c>String[]</c>, <c>Int32</c>.</summary>
    public string TypeName => (Nullable.GetUnderlyingType(Type) ?? Type).Name;
}

/// <summary>A command as its class declares it. Reads metadata only: the attributes' code is PowerShell's, which is not
/// here.</summary>
internal sealed class CommandShape
{
    public const string AllSets = "__AllParameterSets";

    private CommandShape(Type type, CustomAttributeData cmdlet)
    {
        Verb = (string)cmdlet.ConstructorArguments[0].Value!;
        Noun = (string)cmdlet.ConstructorArguments[1].Value!;
        DefaultSet = Named<string>(cmdlet, nameof(CmdletAttribute.DefaultParameterSetName));
        Parameters = [.. type.GetProperties().SelectMany(ParametersOf), .. CommonOf(cmdlet)];
    }

    public string Verb { get; }

    public string Noun { get; }

    public string Name => $"{Verb}-{Noun}";

    public IReadOnlyList<ParameterShape> Parameters { get; }

    private string? DefaultSet { get; }

    /// <summary>Every command of an assembly, by name.</summary>
    public static IEnumerable<CommandShape> AllOf(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        from attribute in type.GetCustomAttributesData()
        where attribute.AttributeType == typeof(CmdletAttribute)
        select new CommandShape(type, attribute) into command
        orderby command.Name
        select command;

    /// <summary>The parameters of each set, the default set first, in the order in which they are written.</summary>
    public IEnumerable<IReadOnlyList<ParameterShape>> Sets()
    {
        var names = Parameters.Select(parameter => parameter.Set).Where(set => set != AllSets).Distinct()
            .OrderByDescending(set => set == DefaultSet).DefaultIfEmpty(AllSets);
        return names.Select(set => (IReadOnlyList<ParameterShape>)
        [
            .. Parameters.Where(parameter => parameter.Set == set || parameter.Set == AllSets)
                .OrderBy(parameter => parameter.Position ?? int.MaxValue)
                .ThenByDescending(parameter => parameter.Mandatory),
        ]);
    }

    private static IEnumerable<ParameterShape> ParametersOf(PropertyInfo property)
    {
        var attributes = property.GetCustomAttributesData();
        var aliases = attributes.Where(attribute => attribute.AttributeType == typeof(AliasAttribute))
            .SelectMany(attribute =>
                (IEnumerable<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
            .Select(argument => (string)argument.Value!).ToArray();
        var wildcards = attributes.Any(attribute => attribute.AttributeType == typeof(SupportsWildcardsAttribute));
        return attributes.Where(attribute => attribute.AttributeType == typeof(ParameterAttribute))
            .Select(attribute => new ParameterShape(
                property.Name, property.PropertyType,
                Named<string>(attribute, nameof(ParameterAttribute.ParameterSetName)) ?? AllSets,
                Named<bool>(attribute, nameof(ParameterAttribute.Mandatory)),
                attribute.NamedArguments.Any(argument => argument.MemberName == nameof(ParameterAttribute.Position))
                    ? Named<int>(attribute, nameof(ParameterAttribute.Position))
                    : null,
                Named<bool>(attribute, nameof(ParameterAttribute.ValueFromPipeline)),
                Named<bool>(attribute, nameof(ParameterAttribute.ValueFromPipelineByPropertyName)),
                aliases, wildcards));
    }

    private static IEnumerable<ParameterShape> CommonOf(CustomAttributeData cmdlet) =>
        Named<bool>(cmdlet, nameof(CmdletAttribute.SupportsShouldProcess))
            ? [Switch("WhatIf", "wi"), Switch("Confirm", "cf")]
            : [];

    private static ParameterShape Switch(string name, string alias) =>
        new(name, typeof(SwitchParameter), AllSets, false, null, false, false, [alias], false);

    private static T? Named<T>(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value is T value
            ? value
            : default;
}
