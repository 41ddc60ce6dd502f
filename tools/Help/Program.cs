using Grap.PowerShell;

namespace Grap.Help;

/// <summary>
/// <c>Grap.Help SOURCE TARGET</c>: makes <c>TARGET/en-US/Grap.PowerShell.dll-Help.xml</c> from
/// <c>SOURCE/COMMAND.md</c>, and copies the topics <c>SOURCE/about_*.help.txt</c> beside it.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is not [var source, var target])
        {
            Console.Error.WriteLine("Usage: Grap.Help SOURCE TARGET");
            return 64;
        }
        try
        {
            Write(source, Path.Combine(target, "en-US"));
            return 0;
        }
        catch (HelpException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static void Write(string source, string target)
    {
        var commands = CommandShape.AllOf(typeof(GetGrapBackupCommand).Assembly)
            .Select(shape => (shape, PageOf(shape, source))).ToArray();
        Directory.CreateDirectory(target);
        MamlDocument.Of(commands).Save(Path.Combine(target, "Grap.PowerShell.dll-Help.xml"));
        foreach (var topic in Directory.EnumerateFiles(source, "about_*.help.txt"))
            File.Copy(topic, Path.Combine(target, Path.GetFileName(topic)), overwrite: true);
    }

    private static CommandPage PageOf(CommandShape shape, string source)
    {
        var path = Path.Combine(source, shape.Name + ".md");
        if (!File.Exists(path))
            throw new HelpException($"{shape.Name} has no page: {path} is missing.");
        var page = CommandPage.Parse(File.ReadAllText(path));
        var declared = shape.Parameters.Select(parameter => parameter.Name).Except(["WhatIf", "Confirm"]).ToHashSet();
        var described = page.Parameters.Select(section => section.Title).ToHashSet();
        var wrong = declared.Except(described).Select(name => $"{shape.Name} does not describe -{name}.")
            .Concat(described.Except(declared)
                .Select(name => $"{shape.Name} describes -{name}, which it does not have."))
            .Concat(page.Examples.Count < 2 ? [$"{shape.Name} has fewer than two examples."] : [])
            .Concat(page.Name != shape.Name ? [$"{path} is about {page.Name}."] : [])
            .ToArray();
        return wrong.Length == 0 ? page : throw new HelpException(string.Join('\n', wrong));
    }
}
