using System.Collections;
using System.Management.Automation;

namespace Grap.Host.Commands.Writing;

[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    public object? Object { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public object Separator { get; set; } = " ";

    [Parameter]
    public ConsoleColor ForegroundColor { get; set; }

    [Parameter]
    public ConsoleColor BackgroundColor { get; set; }

    protected override void ProcessRecord()
    {
        var message = new HostInformationMessage
        {
            Message = Text(Object),
            NoNewLine = NoNewline,
            ForegroundColor = Given(nameof(ForegroundColor), ForegroundColor),
            BackgroundColor = Given(nameof(BackgroundColor), BackgroundColor),
        };
        // The engine shows what has this tag, and keeps it for whoever redirects stream 6.
        WriteInformation(message, ["PSHOST"]);
    }

    private ConsoleColor? Given(string parameter, ConsoleColor colour) =>
        MyInvocation.BoundParameters.ContainsKey(parameter) ? colour : null;

    private string Text(object? value) => value switch
    {
        null => string.Empty,
        PSObject { BaseObject: IEnumerable and not string } wrapped => Text(wrapped.BaseObject),
        string text => text,
        IEnumerable many => string.Join(Separator.ToString(), many.Cast<object?>().Select(Text)),
        _ => PSObject.AsPSObject(value).ToString(),
    };
}
