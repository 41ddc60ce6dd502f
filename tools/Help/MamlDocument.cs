using System.Globalization;
using System.Xml.Linq;

namespace Grap.Help;

/// <summary>Writes help in PowerShell's XML form (MAML), from what a command declares and what its page says.</summary>
internal static class MamlDocument
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The whole file.</summary>
    public static XDocument Of(IEnumerable<(CommandShape Shape, CommandPage Page)> commands) => new(
        new XElement(
            Msh + "helpItems", new XAttribute("schema", "maml"),
            commands.Select(command => Of(command.Shape, command.Page))));

    private static XElement Of(CommandShape shape, CommandPage page) => new(Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(Command + "details",
            new XElement(Command + "name", shape.Name),
            new XElement(Command + "verb", shape.Verb),
            new XElement(Command + "noun", shape.Noun),
            Text(Maml + "description", [page.Synopsis])),
        Text(Maml + "description", page.Description),
        new XElement(Command + "syntax", shape.Sets().Select(set => new XElement(Command + "syntaxItem",
            new XElement(Maml + "name", shape.Name), set.Select(parameter => Parameter(parameter, page))))),
        new XElement(Command + "parameters", shape.Parameters.DistinctBy(parameter => parameter.Name)
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .Select(parameter => Parameter(parameter, page))),
        new XElement(Command + "inputTypes", page.Inputs.Select(input => Typed("inputType", input))),
        new XElement(Command + "returnValues", page.Outputs.Select(output => Typed("returnValue", output))),
        new XElement(Command + "examples", page.Examples.Select((example, index) => new XElement(Command + "example",
            new XElement(
                Maml + "title", string.Create(CultureInfo.InvariantCulture, $"Example {index + 1}: {example.Title}")),
            new XElement(Dev + "code", example.Code),
            Text(Dev + "remarks", example.Remarks)))),
        new XElement(Command + "relatedLinks", page.Related.Select(link => new XElement(Maml + "navigationLink",
            new XElement(Maml + "linkText", link), new XElement(Maml + "uri")))));

    private static XElement Parameter(ParameterShape parameter, CommandPage page) => new(Command + "parameter",
        new XAttribute("required", parameter.Mandatory),
        new XAttribute("variableLength", parameter.Type.IsArray),
        new XAttribute("globbing", parameter.Wildcards),
        new XAttribute("pipelineInput", Pipeline(parameter)),
        new XAttribute("position", parameter.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
        new XElement(Maml + "name", parameter.Name),
        Text(Maml + "description", DescriptionOf(parameter, page)),
        parameter.IsSwitch
            ? null
            : new XElement(Command + "parameterValue", new XAttribute("required", true),
                new XAttribute("variableLength", parameter.Type.IsArray), parameter.TypeName),
        new XElement(Dev + "type", new XElement(Maml + "name", parameter.TypeName), new XElement(Maml + "uri")));

    private static IReadOnlyList<string> DescriptionOf(
        ParameterShape parameter, CommandPage page) => parameter.Name switch
    {
        "WhatIf" => ["Says what would be done, and does nothing."],
        "Confirm" => ["Asks before doing anything."],
        _ => page.Parameters.Single(section => section.Title == parameter.Name).Paragraphs,
    };

    private static string Pipeline(ParameterShape parameter) => parameter switch
    {
        { FromPipeline: true, FromPipelineByName: true } => "true (ByValue, ByPropertyName)",
        { FromPipeline: true } => "true (ByValue)",
        { FromPipelineByName: true } => "true (ByPropertyName)",
        _ => "false",
    };

    private static XElement Typed(string element, Section section) => new(Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", section.Title), new XElement(Maml + "uri")),
        Text(Maml + "description", section.Paragraphs));

    private static XElement Text(XName name, IEnumerable<string> paragraphs) =>
        new(name, paragraphs.Select(paragraph => new XElement(Maml + "para", paragraph)));
}
