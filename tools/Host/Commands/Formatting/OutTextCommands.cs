using System.Management.Automation;
using System.Text;
using Grap.Host.EngineAccess;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Grap.Host.Commands.Formatting;

/// <summary>Renders objects to text as the console would show them.</summary>
public abstract class OutTextCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new();

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    private protected string Text => PSStyle.Instance.OutputRendering == OutputRendering.Ansi
        ? _text.ToString()
        : new System.Management.Automation.Internal.StringDecorated(_text.ToString())
            .ToString(OutputRendering.PlainText);

    protected override void BeginProcessing()
    {
        FormattingInternals.RenderTo(this, _text, Width);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        Finish();
    }

    private protected abstract void Finish();
}

[Cmdlet(VerbsData.Out, "String")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : OutTextCommand
{
    [Parameter]
    public SwitchParameter Stream { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    private protected override void Finish()
    {
        if (Stream)
            WriteObject(Text.TrimEnd('\n', '\r').Split(Environment.NewLine), enumerateCollection: true);
        else
            WriteObject(NoNewline ? Text.ReplaceLineEndings(string.Empty) : Text);
    }
}

[Cmdlet(VerbsData.Out, "File", SupportsShouldProcess = true)]
public sealed class OutFileCommand : OutTextCommand
{
    [Parameter(Position = 0, Mandatory = true)]
    [Alias("Path", "PSPath", "LP", "LiteralPath")]
    public string FilePath { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [ValidateSet("utf8", "utf8NoBOM")]
    public string Encoding { get; set; } = "utf8NoBOM";

    private protected override void Finish()
    {
        var path = GetUnresolvedProviderPathFromPSPath(FilePath);
        if (!ShouldProcess(path, "Output to File"))
            return;
        var text = NoNewline ? Text.ReplaceLineEndings(string.Empty) : Text;
        if (Append)
            File.AppendAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        else
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
