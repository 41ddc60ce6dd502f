using System.Management.Automation;

namespace Grap.Host.Pester.Keywords;

/// <summary>A script block that is kept during discovery and runs around tests.</summary>
public abstract class SetupKeyword : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    [Alias("Scriptblock")]
    public ScriptBlock Body { get; set; } = null!;

    private protected abstract List<ScriptBlock> ListOf(TestBlock block);

    protected override void EndProcessing() =>
        ListOf(PesterSession.Of(this).Discovering(((CmdletInfo)MyInvocation.MyCommand).Noun)).Add(Body);
}

[Cmdlet("Pester", "BeforeAll")]
public sealed class BeforeAllCommand : SetupKeyword
{
    private protected override List<ScriptBlock> ListOf(TestBlock block) => block.BeforeAll;
}

[Cmdlet("Pester", "AfterAll")]
public sealed class AfterAllCommand : SetupKeyword
{
    private protected override List<ScriptBlock> ListOf(TestBlock block) => block.AfterAll;
}

[Cmdlet("Pester", "BeforeEach")]
public sealed class BeforeEachCommand : SetupKeyword
{
    private protected override List<ScriptBlock> ListOf(TestBlock block) => block.BeforeEach;
}

[Cmdlet("Pester", "AfterEach")]
public sealed class AfterEachCommand : SetupKeyword
{
    private protected override List<ScriptBlock> ListOf(TestBlock block) => block.AfterEach;
}

/// <summary>Runs at once, in the scope it stands in.</summary>
[Cmdlet("Pester", "BeforeDiscovery")]
public sealed class BeforeDiscoveryCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    protected override void EndProcessing()
    {
        PesterSession.Of(this).Discovering("BeforeDiscovery");
        if (new Scopes(this).DotSource(ScriptBlock, TestData.None) is { } error)
            ThrowTerminatingError(error);
    }
}
