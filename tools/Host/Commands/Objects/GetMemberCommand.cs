using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet(VerbsCommon.Get, "Member")]
[OutputType(typeof(MemberDefinition))]
public sealed class GetMemberCommand : PSCmdlet
{
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; } = PSMemberTypes.All;

    protected override void ProcessRecord()
    {
        if (InputObject is null || !_shown.Add(InputObject.TypeNames[0]))
            return;
        var patterns = Name.Select(n => new WildcardPattern(n, WildcardOptions.IgnoreCase)).ToList();
        WriteObject(
            InputObject.Members
                .Where(m => (m.MemberType & MemberType) != default && patterns.Exists(p => p.IsMatch(m.Name)))
                .Where(m => !m.Name.StartsWith("get_", StringComparison.Ordinal)
                    && !m.Name.StartsWith("set_", StringComparison.Ordinal))
                .OrderBy(m => m.MemberType)
                .ThenBy(m => m.Name, StringComparer.OrdinalIgnoreCase)
                .Select(m => new MemberDefinition(InputObject.TypeNames[0], m.Name, m.MemberType, m.ToString()!)),
            enumerateCollection: true);
    }
}

/// <summary>One member of an object.</summary>
public sealed record MemberDefinition(string TypeName, string Name, PSMemberTypes MemberType, string Definition);
