using CsCheck;
using Grap.Configuration;
using Xunit;

namespace Grap.Tests.Unit.Configuration;

public class EnvFileTests
{
    private const string Path = "/somewhere/.env";

    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  A = b  ", "b")]
    [InlineData("\tA\t=\tb\t", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("export\tA=b", "b")]
    [InlineData("A=", "")]
    [InlineData("A=   ", "")]
    [InlineData("A=''", "")]
    [InlineData("A=\"\"", "")]
    [InlineData("A=b c", "b c")]
    [InlineData("A=b=c", "b=c")]
    [InlineData("A=b # why", "b")]
    [InlineData("A=b\t# why", "b")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=#c", "#c")]
    [InlineData("A= # why", "")]
    [InlineData("A=neo4j/p#ss/w$rd", "neo4j/p#ss/w$rd")]
    [InlineData("A='b # c'", "b # c")]
    [InlineData("A='b' # why", "b")]
    [InlineData("A='b\\n'", "b\\n")]
    [InlineData("A=\"b # c\"", "b # c")]
    [InlineData("A=\"b\"   # why", "b")]
    [InlineData("A=\"\\\"\\\\\\$\\t\\n\\r\"", "\"\\$\t\n\r")]
    [InlineData("A=it's", "it's")]
    [InlineData("A=${B}", "${B}")]
    [InlineData("A=C:\\backups", "C:\\backups")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("A=b\r\n", "b")]
    [InlineData("# A=c\r\n\r\n  # x\r\nA=b\r\nB=c\r\n", "b")]
    public void A_line_means(string text, string value) => Assert.Equal(value, EnvFile.Parse(text, Path).Lines["A"].Value);

    [Theory]
    [InlineData("secret", 1, "has no '='")]
    [InlineData("A=b\nsecret", 2, "has no '='")]
    [InlineData("=secret", 1, "name")]
    [InlineData("1A=secret", 1, "name")]
    [InlineData("A-B=secret", 1, "name")]
    [InlineData("secret word=b", 1, "name")]
    [InlineData("\n\nA='secret", 3, "does not close")]
    [InlineData("A=\"secret", 1, "does not close")]
    [InlineData("A=\"secret\\", 1, "does not close")]
    [InlineData("A='secret'word", 1, "behind the closing quote")]
    [InlineData("A='secret'#word", 1, "behind the closing quote")]
    [InlineData("A=\"secret\\d\"", 1, "unknown escape")]
    [InlineData("A=b\r\nA=secret", 2, "again, after line 1")]
    [InlineData("A=sec\0ret", 1, "control character")]
    [InlineData("A=sec\rret", 1, "control character")]
    public void A_bad_line_is_named_and_not_repeated(string text, int line, string problem)
    {
        var e = Assert.Throws<GrapException>(() => EnvFile.Parse(text, Path));
        Assert.Equal(GrapCondition.SettingInvalid, e.Condition);
        Assert.StartsWith($"{Path}:{line} ", e.Message);
        Assert.Contains(problem, e.Message);
        Assert.DoesNotContain("secret", e.ToString());
    }

    [Fact]
    public void Any_text_in_single_quotes_is_that_text() =>
        Gen.String.Where(text => text.IndexOfAny(['\'', '\n', '\r', '\0']) < 0)
            .Sample(text => EnvFile.Parse($"A='{text}' # comment", Path).Lines["A"].Value == text);

    [Fact]
    public void Any_text_escaped_in_double_quotes_is_that_text() =>
        Gen.String.Where(text => !text.Contains('\0'))
            .Sample(text => EnvFile.Parse($"A=\"{Escape(text)}\"", Path).Lines["A"].Value == text);

    [Fact]
    public void No_text_fails_in_another_way_than_by_naming_a_line() =>
        Gen.Char["A=b '\"\\#\n\r\t$\0é"].Array[0, 40].Select(letters => new string(letters)).Sample(text =>
        {
            try
            {
                EnvFile.Parse(text, Path);
                return true;
            }
            catch (GrapException e)
            {
                return e.Condition == GrapCondition.SettingInvalid;
            }
        });

    private static string Escape(string text) => text
        .Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r");
}
