using System.Management.Automation;

namespace Grap.Host.Pester;

/// <summary>
/// One value of <c>-ForEach</c>, or none: it is <c>$_</c>, and a dictionary's keys are variables too.
/// </summary>
internal sealed record TestData(bool Given, object? Value)
{
    public static readonly TestData None = new(Given: false, Value: null);
}

/// <summary>What discovery found: a Describe, Context or whole file, or one It.</summary>
internal abstract record TestNode(string Name, TestBlock? Parent, TestData Data, bool Skip)
{
    public bool IsSkipped => Skip || Parent?.IsSkipped == true;
}

/// <summary>A file, Describe or Context with what it holds, in the order of definition.</summary>
internal sealed record TestBlock(string Keyword, string Name, TestBlock? Parent, TestData Data, bool Skip)
    : TestNode(Name, Parent, Data, Skip)
{
    public List<TestNode> Children { get; } = [];

    public List<ScriptBlock> BeforeAll { get; } = [];

    public List<ScriptBlock> AfterAll { get; } = [];

    public List<ScriptBlock> BeforeEach { get; } = [];

    public List<ScriptBlock> AfterEach { get; } = [];

    public IEnumerable<TestCase> Tests() =>
        Children.SelectMany(child => child is TestBlock block ? block.Tests() : [(TestCase)child]);

    /// <summary>This block and those around it, outermost first.</summary>
    public IEnumerable<TestBlock> Lineage() => (Parent?.Lineage() ?? []).Append(this);
}

/// <summary>One It, for one value of its <c>-ForEach</c>.</summary>
internal sealed record TestCase(string Name, TestBlock Block, TestData Data, bool Skip, ScriptBlock Body)
    : TestNode(Name, Block, Data, Skip)
{
    /// <summary>The names from the outermost Describe to the test, templates unexpanded.</summary>
    public string FullName =>
        string.Join(" ", Block.Lineage().Where(b => b.Parent is not null).Select(b => b.Name).Append(Name));
}
