using System.Management.Automation;
using System.Management.Automation.Host;

namespace Grap.Host.Terminal;

/// <summary>
/// Writes to standard output and standard error; colours and progress only where a person is looking.
/// </summary>
internal sealed class TerminalInterface : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private readonly bool _colours = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private readonly ProgressLine? _progress =
        Console.IsOutputRedirected || Console.IsErrorRedirected ? null : new ProgressLine(Console.Error);
    private readonly TerminalPrompts _prompts;

    public TerminalInterface()
    {
        _prompts = new TerminalPrompts(this);
        PSStyle.Instance.OutputRendering = _colours ? OutputRendering.Host : OutputRendering.PlainText;
    }

    public override PSHostRawUserInterface RawUI { get; } = new TerminalScreen();

    public override bool SupportsVirtualTerminal => _colours;

    public override void Write(string value) => Put(Console.Out, value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(Console.Out, Coloured(foregroundColor, backgroundColor, value));

    public override void WriteLine(string value) => Put(Console.Out, value + Environment.NewLine);

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(Console.Out, Coloured(foregroundColor, backgroundColor, value) + Environment.NewLine);

    public override void WriteErrorLine(string value) => Put(Console.Error, value + Environment.NewLine);

    public override void WriteWarningLine(string message) =>
        Note($"WARNING: {message}", PSStyle.Instance.Formatting.Warning);

    public override void WriteVerboseLine(string message) =>
        Note($"VERBOSE: {message}", PSStyle.Instance.Formatting.Verbose);

    public override void WriteDebugLine(string message) =>
        Note($"DEBUG: {message}", PSStyle.Instance.Formatting.Debug);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
            _progress?.Show(sourceId, record);
    }

    public override string ReadLine() => TerminalPrompts.ReadLine();

    public override System.Security.SecureString ReadLineAsSecureString() => _prompts.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, System.Collections.ObjectModel.Collection<FieldDescription> descriptions) =>
        _prompts.AskFields(caption, message, descriptions);

    public override int PromptForChoice(
        string caption,
        string message,
        System.Collections.ObjectModel.Collection<ChoiceDescription> choices,
        int defaultChoice) =>
        _prompts.AskChoice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
        _prompts.AskCredential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        _prompts.AskCredential(caption, message, userName);

    private void Note(string text, string style) =>
        Put(Console.Out, (_colours ? style + text + PSStyle.Instance.Reset : text) + Environment.NewLine);

    private void Put(TextWriter writer, string text)
    {
        lock (_lock)
        {
            _progress?.Clear();
            // The formatter styles its text always and leaves it to the host to take that away again.
            writer.Write(GetOutputString(text, _colours));
        }
    }

    private string Coloured(ConsoleColor foreground, ConsoleColor background, string value)
    {
        if (!_colours)
            return value;
        var style = PSStyle.MapForegroundColorToEscapeSequence(foreground);
        if (background != RawUI.BackgroundColor)
            style += PSStyle.MapBackgroundColorToEscapeSequence(background);
        return style + value + PSStyle.Instance.Reset;
    }
}
