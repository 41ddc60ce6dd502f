using Grap.Recovery.Staging;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public sealed class StagingAssertionTests
{
    [Fact]
    public void A_file_holds_queries_that_end_with_a_semicolon_at_the_end_of_a_line()
    {
        var assertions = StagingAssertion.Parse("""
            // Nobody is lost.
            MATCH (n:Person)
            RETURN count(n) > 0;

            RETURN 'a; b' = 'a; b';
            RETURN 'http://a' <> ''
            """);
        Assert.Equal(
            ["MATCH (n:Person)\nRETURN count(n) > 0", "RETURN 'a; b' = 'a; b'", "RETURN 'http://a' <> ''"],
            assertions.Select(assertion => assertion.Text.ReplaceLineEndings("\n")));
        Assert.Empty(StagingAssertion.Parse(" // nothing\n;\n"));
    }
}
