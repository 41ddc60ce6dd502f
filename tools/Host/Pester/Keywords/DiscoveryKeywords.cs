using System.Collections;
using System.Management.Automation;

namespace Grap.Host.Pester.Keywords;

/// <summary>What Describe, Context and It have in common.</summary>
public abstract class NamedKeyword : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    [Parameter]
    [Alias("Tags")]
    public string[] Tag { get; set; } = [];

    [Parameter]
    public SwitchParameter Skip { get; set; }

    private protected static IEnumerable<TestData> Cases(object? values, bool given, string keyword)
    {
        if (!given)
            return [TestData.None];
        var cases = LanguagePrimitives.GetEnumerable(values) is { } many and not IDictionary
            ? [.. many.Cast<object?>()]
            : values is null ? [] : new List<object?> { values };
        if (cases.Count == 0)
            throw new ArgumentException($"-ForEach of {keyword} has no value, so it would test nothing.");
        return cases.Select(value =>
            new TestData(Given: true, value is PSObject { BaseObject: IDictionary map } ? map : value));
    }
}

/// <summary>Describe and Context: their bodies run during discovery and say what there is to run.</summary>
public abstract class BlockKeyword : NamedKeyword
{
    [Parameter(Position = 1, Mandatory = true)]
    [Alias("Fixture")]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    [Parameter]
    public object? ForEach { get; set; }

    protected override void EndProcessing()
    {
        var keyword = ((CmdletInfo)MyInvocation.MyCommand).Noun;
        var session = PesterSession.Of(this);
        var parent = session.Discovering(keyword);
        var scopes = new Scopes(this);
        foreach (var data in Cases(ForEach, MyInvocation.BoundParameters.ContainsKey(nameof(ForEach)), keyword))
        {
            var block = new TestBlock(keyword, Name, parent, data, Skip);
            parent.Children.Add(block);
            session.Current = block;
            ErrorRecord? error = null;
            scopes.Nested(() =>
            {
                scopes.SetVariables(data);
                error = scopes.DotSource(ScriptBlock, data);
            });
            session.Current = parent;
            if (error is not null)
                ThrowTerminatingError(error);
        }
    }
}

[Cmdlet("Pester", "Describe")]
public sealed class DescribeCommand : BlockKeyword;

[Cmdlet("Pester", "Context")]
public sealed class ContextCommand : BlockKeyword;

/// <summary>One test, or one for each value of <c>-ForEach</c>.</summary>
[Cmdlet("Pester", "It")]
public sealed class ItCommand : NamedKeyword
{
    [Parameter(Position = 1, Mandatory = true)]
    [Alias("Test")]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    [Parameter]
    [Alias("ForEach")]
    public object? TestCases { get; set; }

    protected override void EndProcessing()
    {
        var parent = PesterSession.Of(this).Discovering("It");
        if (parent.Parent is null)
            throw new InvalidOperationException("It must stand in a Describe or Context.");
        foreach (var data in Cases(TestCases, MyInvocation.BoundParameters.ContainsKey(nameof(TestCases)), "It"))
            parent.Children.Add(new TestCase(Name, parent, data, Skip, ScriptBlock));
    }
}
