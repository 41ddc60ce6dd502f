using System.Collections;
using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "Member")]
public sealed class AddMemberCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true, Mandatory = true)]
    public PSObject InputObject { get; set; } = null!;

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Member")]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Member")]
    public string Name { get; set; } = string.Empty;

    [Parameter(Position = 2, ParameterSetName = "Member")]
    public object? Value { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Members")]
    public IDictionary NotePropertyMembers { get; set; } = null!;

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Note")]
    public string NotePropertyName { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Note")]
    [AllowNull]
    public object? NotePropertyValue { get; set; }

    [Parameter]
    public string? TypeName { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Note":
                Add(new PSNoteProperty(NotePropertyName, NotePropertyValue));
                break;
            case "Members":
                foreach (DictionaryEntry entry in NotePropertyMembers)
                    Add(new PSNoteProperty(entry.Key.ToString(), entry.Value));
                break;
            default:
                Add(Made());
                break;
        }

        if (TypeName is not null)
            InputObject.TypeNames.Insert(0, TypeName);
        if (PassThru)
            WriteObject(InputObject);
    }

    private PSMemberInfo Made() => MemberType switch
    {
        PSMemberTypes.NoteProperty => new PSNoteProperty(Name, Value),
        PSMemberTypes.AliasProperty => new PSAliasProperty(Name, Value?.ToString()),
        PSMemberTypes.ScriptProperty => new PSScriptProperty(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
        PSMemberTypes.ScriptMethod => new PSScriptMethod(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
        _ => throw new NotSupportedException($"Add-Member -MemberType {MemberType} is not supported here."),
    };

    private void Add(PSMemberInfo member)
    {
        if (Force && InputObject.Members[member.Name] is not null)
            InputObject.Members.Remove(member.Name);
        InputObject.Members.Add(member);
    }
}
