using System.Collections;
using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string TypeName { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    [Alias("Args")]
    public object[] ArgumentList { get; set; } = [];

    [Parameter]
    public IDictionary? Property { get; set; }

    protected override void EndProcessing()
    {
        var type = LanguagePrimitives.ConvertTo<Type>(TypeName);
        if (type == typeof(PSObject) || type == typeof(PSCustomObject))
        {
            var custom = new PSObject();
            foreach (DictionaryEntry entry in Property ?? new Hashtable())
                custom.Properties.Add(new PSNoteProperty(entry.Key.ToString(), entry.Value));
            WriteObject(custom);
            return;
        }

        // The engine's own overload resolution and conversions, which [Type]::new() uses.
        var script = ScriptBlock.Create("param($type, $arguments) , $type::new.Invoke($arguments)");
        var made = InvokeCommand.InvokeScript(useLocalScope: true, script, input: null, type, ArgumentList)[0];
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
            PSObject.AsPSObject(made).Properties[entry.Key.ToString()].Value = entry.Value;
        WriteObject(made);
    }
}
