using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Grap.Host.Terminal;

/// <summary>
/// Asks a person at the terminal; where nobody sits there, asking is an error, as with <c>-NonInteractive</c>.
/// </summary>
internal sealed class TerminalPrompts(PSHostUserInterface ui)
{
    public static PSInvalidOperationException NotInteractive() => new(
        "This session is not interactive: it cannot prompt. Give all parameters, and -Confirm:$false or -Force.");

    public static string ReadLine()
    {
        RequireTerminal();
        return Console.ReadLine() ?? string.Empty;
    }

    public SecureString ReadSecret()
    {
        RequireTerminal();
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace)
                secret.AppendChar(key.KeyChar);
            else if (secret.Length > 0)
                secret.RemoveAt(secret.Length - 1);
        }

        ui.WriteLine(string.Empty);
        return secret;
    }

    public Dictionary<string, PSObject> AskFields(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireTerminal();
        Head(caption, message);
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in descriptions)
        {
            ui.Write($"{field.Name}: ");
            object answer = field.ParameterTypeFullName == typeof(SecureString).FullName ? ReadSecret() : ReadLine();
            answers[field.Name] = PSObject.AsPSObject(answer);
        }

        return answers;
    }

    public int AskChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireTerminal();
        Head(caption, message);
        var keys = choices.Select(Key).ToList();
        while (true)
        {
            ui.Write(string.Join("  ", choices.Select((c, i) => $"[{keys[i]}] {Plain(c.Label)}")));
            ui.Write(defaultChoice >= 0 ? $" (default is \"{keys[defaultChoice]}\"): " : ": ");
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            var index = keys.FindIndex(k => k.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
                return index;
        }
    }

    public PSCredential AskCredential(string caption, string message, string? userName)
    {
        RequireTerminal();
        Head(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            ui.Write("User: ");
            userName = ReadLine();
        }

        ui.Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadSecret());
    }

    private static string Key(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label[mark + 1].ToString().ToUpper(CultureInfo.InvariantCulture)
            : choice.Label;
    }

    private static string Plain(string label) => label.Replace("&", string.Empty, StringComparison.Ordinal);

    private static void RequireTerminal()
    {
        if (Console.IsInputRedirected)
            throw NotInteractive();
    }

    private void Head(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption))
            ui.WriteLine(caption);
        if (!string.IsNullOrEmpty(message))
            ui.WriteLine(message);
    }
}
