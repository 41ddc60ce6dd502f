using System.Management.Automation;
using System.Management.Automation.Language;
using CsCheck;
using Grap.PowerShell.Schedules;
using Grap.Schedules;
using Grap.Tests.Unit.PowerShell;
using Xunit;

namespace Grap.Tests.Unit.Schedules;

public sealed class JobScriptTests : IDisposable
{
    private const string Job = """
        function Invoke-GrapBackupJob {
            param([string] $Name, [string] $Repository, [string] $DataPath, [long] $MaxBytesPerSecond, [switch] $RequireExact, [string[]] $Tag)
            $PSBoundParameters
        }

        """;

    private readonly PowerShellSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("with blanks")]
    [InlineData("it's")]
    [InlineData("\"twice\" 'once' ’curly‘ „low‚")]
    [InlineData("$HOME ${env:PATH} $(exit 1) @{} `n")]
    [InlineData("-RequireExact")]
    [InlineData("a, b; exit 1 # | & c")]
    [InlineData("")]
    public void A_text_and_a_list_of_texts_arrive_as_they_were(string text)
    {
        var bound = Bind(("Repository", "/re'po"), ("DataPath", text), ("Tag", new[] { text, "other", text }));
        Assert.Equal(text, bound["DataPath"]);
        Assert.Equal([text, "other", text], (string[])bound["Tag"]);
        Assert.Equal(["DataPath", "Name", "Repository", "Tag"], bound.Keys.Order());
    }

    [Fact]
    public void Any_tags_arrive_as_they_were() => Gen.String[Gen.Char[" aZ0'\"%$\\`#;|&,(){}@-é漢’“"], 0, 20].Array[1, 4].Sample(
        words => Assert.Equal(words, (string[])Bind(("Tag", words))["Tag"]), iter: 200, threads: 1);

    [Fact]
    public void A_switch_and_a_number_arrive()
    {
        var bound = Bind(("MaxBytesPerSecond", 5_000_000_000), ("RequireExact", new SwitchParameter(true)), ("Tag", new[] { "one" }));
        Assert.Equal(5_000_000_000, bound["MaxBytesPerSecond"]);
        Assert.True(((SwitchParameter)bound["RequireExact"]).IsPresent);
        Assert.Equal(["one"], (string[])bound["Tag"]);
    }

    [Fact]
    public void What_was_not_given_is_left_out() => Assert.Equal(["Name"], Bind(
        ("Repository", null), ("MaxBytesPerSecond", null), ("RequireExact", new SwitchParameter(false)), ("Tag", Array.Empty<string>())).Keys);

    [Fact]
    public void A_zero_was_given() => Assert.Equal(0L, Bind(("MaxBytesPerSecond", 0L))["MaxBytesPerSecond"]);

    [Theory]
    [InlineData("/plain")]
    [InlineData("/it's $HOME \"100%\"")]
    public void The_repository_is_read_back(string repository)
    {
        var written = Write(("Repository", repository), ("RequireExact", new SwitchParameter(true)), ("Tag", new[] { "-Repository", "x" }));
        Assert.Equal(repository, JobScript.ReadRepository(written.Arguments));
    }

    private Dictionary<string, object> Bind(params (string, object?)[] parameters)
    {
        var script = Parser.ParseInput(Write(parameters).Arguments[^1], out _, out var errors);
        Assert.Empty(errors);
        var job = script.Find(
            static node => node is CommandAst command && command.GetCommandName() == "Invoke-GrapBackupJob", searchNestedScriptBlocks: true);
        using var shell = _session.Script(Job + job!.Extent.Text);
        return (Dictionary<string, object>)shell.Invoke().Single().BaseObject;
    }

    private static ScheduledCommand Write(params (string, object?)[] parameters) =>
        JobScript.Write("/usr/bin/pwsh", "/modules/Grap.psd1", null, "nightly", parameters);
}
