using System.Management.Automation.Runspaces;

namespace Grap.Host.Running;

/// <summary>Turns the words of a command line into parameters, as <c>pwsh -File</c> does.</summary>
internal static class ScriptArguments
{
    /// <summary>
    /// <c>-Name value</c>, <c>-Switch</c>, <c>-Name:value</c> and <c>-Switch:$false</c> name a parameter; all else is
    /// positional text. Nothing is evaluated: only <c>$true</c> and <c>$false</c> after a colon are values.
    /// </summary>
    public static void AddTo(Command command, IEnumerable<string> words)
    {
        foreach (var word in words)
            command.Parameters.Add(Parse(word));
    }

    private static CommandParameter Parse(string word)
    {
        if (word.Length < 2 || word[0] != '-' || !(char.IsLetter(word[1]) || word[1] is '_' or '?'))
            return new CommandParameter(null, word);
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        // A name that keeps its dash is bound like a word of a script: a switch, or the name of the value after it.
        if (colon < 0)
            return new CommandParameter(word);
        if (colon == word.Length - 1)
            return new CommandParameter(word);
        return new CommandParameter(word[1..colon], Value(word[(colon + 1)..]));
    }

    private static object Value(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}
