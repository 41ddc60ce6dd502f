using CsCheck;
using Grap.OnlineCopy;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>A <c>neo4j.conf</c> is read as Neo4j reads it: what is expected here is what the class of 5.13.0, 5.26.30
/// and 2026.08.1 made of the same text.</summary>
public sealed class ConfigurationFileTests
{
    private const string Data = "server.directories.data";
    private const string Logs = "server.directories.transaction.logs.root";

    private static readonly string[] s_ends = ["\n", "\r\n", "\r"];

    private static readonly string[] s_parts =
    [
        .. s_ends, "\\", "=", ":", "#", "!", " ", "\t", "\\u", "\\u12", "\0", "\\u0000", "$(", "..", "/", Data, Logs,
        "server.directories.neo4j_home",
    ];

    [Theory]
    [InlineData(Data + "=/a", "/a")]
    [InlineData(Data + ": /a", "/a")]
    [InlineData(Data + " /a", "/a")]
    [InlineData(Data + "\t=\t/a", "/a")]
    [InlineData("   " + Data + "   =   /a b   ", "/a b   ")]
    [InlineData(Data + " =: /a", ": /a")]
    [InlineData(Data + "=/a # no comment", "/a # no comment")]
    [InlineData(Data + "=\"/a b\"", "\"/a b\"")]
    [InlineData(Data + "=/a\\\n   /b", "/a/b")]
    [InlineData(Data + "=/a\\\r\n   /b\r\n", "/a/b")]
    [InlineData(Data + "=/a\\\n#/b", "/a#/b")]
    [InlineData(Data + "\\\n=/a", "/a")]
    [InlineData(Data + "=/a\\", "/a")]
    [InlineData(Data + "=/a\\\\\n" + Logs + "=/t", "/a\\", "/t")]
    [InlineData("# c \\\n" + Data + "=/a", "/a")]
    [InlineData("# " + Data + "=/x\n  ! " + Data + "=/y\n  #" + Data + "=/z", null)]
    [InlineData(Data + "=/a\r\n" + Logs + "=/t\r\n", "/a", "/t")]
    [InlineData(Data + "=/a\r" + Logs + "=/t\r", "/a", "/t")]
    [InlineData(Data + "=/d\\u00e9\\te", "/d\u00e9\te")]
    [InlineData(Data + "=C:\\\\data\\\\neo", "C:\\data\\neo")]
    [InlineData("server\\.directories.data=/a", "/a")]
    [InlineData("server.directories\\=x.data=/a", null)]
    [InlineData(Data + "=$(cat /etc/where)", null)]
    [InlineData(Data + "=", null)]
    [InlineData(Data, null)]
    public void A_setting_is_what_the_server_takes_it_for(string text, string? data, string? logs = null)
    {
        var settings = ConfigurationFile.Parse(text);

        Assert.Equal(data, settings.GetValueOrDefault(Data));
        Assert.Equal(logs, settings.GetValueOrDefault(Logs));
    }

    [Fact]
    public void Of_a_setting_that_is_named_twice_the_last_counts() =>
        Assert.Equal("/b", ConfigurationFile.Parse(Data + "=/a\nx=1\n" + Data + "=/b\n")[Data]);

    [Fact]
    public void Any_text_is_read_and_no_path_of_it_is_more_than_a_path() =>
        Gen.OneOf(Gen.Int[0, s_parts.Length - 1].Select(static at => s_parts[at]), Gen.String).Array[0, 40].Sample(parts =>
        {
            var settings = ConfigurationFile.Parse(string.Concat(parts));
            Assert.All(settings.Values, static value => Assert.NotEmpty(value));
            var directories = ServerDirectories.From(settings, Path.GetTempPath());
            if (directories is not null)
            {
                Assert.True(Path.IsPathFullyQualified(directories.Data));
                Assert.True(Path.IsPathFullyQualified(directories.LogRoot));
                _ = directories.HasLogsInData;
            }
        }, iter: 2000);

    [Theory]
    [InlineData("server.directories.neo4j_home=/a\\u0000b")]
    [InlineData("server.directories.data=a\\u0000b")]
    public void A_letter_that_no_path_has_makes_none(string text) =>
        Assert.Null(ServerDirectories.From(ConfigurationFile.Parse(text), Path.GetTempPath()));

    [Fact]
    public void What_was_written_with_escapes_is_read_again() =>
        Gen.Select(Gen.String, Gen.Char['a', 'z'].Array[1, 8], Gen.Int[0, 2]).Sample((value, name, ending) =>
        {
            var end = s_ends[ending];
            var escaped = string.Concat(value.Select(static one => $"\\u{(int)one:x4}"));
            var text = $"# c{end}{new string(name)} = {escaped}{end}0=1{end}";
            var settings = ConfigurationFile.Parse(text);
            Assert.Equal(value.Length == 0 || value.StartsWith("$(", StringComparison.Ordinal) ? null : value,
                settings.GetValueOrDefault(new string(name)));
            Assert.Equal("1", settings["0"]);
        }, iter: 500);
}
