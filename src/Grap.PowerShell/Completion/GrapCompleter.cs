using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Grap.PowerShell.Completion;

/// <summary>One thing that Tab can put in.</summary>
/// <param name="Text">What is typed.</param>
/// <param name="Tip">What is shown beside it.</param>
internal sealed record Suggestion(string Text, string Tip);

/// <summary>Completes a parameter. Never asks, never reaches a server, and shows nothing rather than an
/// error.</summary>
public abstract class GrapCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');
        var pattern = WildcardPattern.Get(WildcardPattern.Escape(word) + "*", WildcardOptions.IgnoreCase);
        try
        {
            return Suggest(new CompletionScene(fakeBoundParameters))
                .Where(suggestion => pattern.IsMatch(suggestion.Text))
                .DistinctBy(suggestion => suggestion.Text)
                .Select(ToResult)
                .ToArray();
        }
        // Somebody is typing: a repository that cannot be read is no reason to interrupt. The command itself will say
        // what is wrong.
        catch (Exception e) when (e is GrapException or IOException or UnauthorizedAccessException or RuntimeException)
        {
            return [];
        }
    }

    private protected abstract IEnumerable<Suggestion> Suggest(CompletionScene scene);

    private static CompletionResult ToResult(Suggestion suggestion) => new(
        Quote(suggestion.Text), suggestion.Text, CompletionResultType.ParameterValue, suggestion.Tip);

    private static string Quote(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '+' or '\\')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
