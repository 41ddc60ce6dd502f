using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class BookmarkTests
{
    [Fact]
    public void A_bookmark_tells_its_database_and_transaction()
    {
        // From a Neo4j 5.26.30 after its first write.
        Assert.True(Bookmark.TryParse("FB:kcwQ1KFkF0fpS7aOJu9x/y69VASQ", out var database, out var transaction));
        Assert.Equal(new Guid("d4a16417-47e9-4bb6-8e26-ef71ff2ebd54"), database);
        Assert.Equal(4, transaction);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("FB:")]
    [InlineData("FB:####")]
    [InlineData("neo4j:bookmark:v1:tx42")]
    [InlineData("FB:kcwQ1KFkF0fpS7aOJu9x/y69VAS")] // cut
    [InlineData("FB:kpDMENShZBdH6Uu2jibvcf8uvVQEkA==")] // another shape
    [InlineData("FB:kcwQ1KFkF0fpS7aOJu9x/y69VASRAQ==")] // a composite's state
    [InlineData("FB:1v////8=")] // a list of 4 billion
    public void Anything_else_is_unknown(string? bookmark) => Assert.False(Bookmark.TryParse(bookmark, out _, out _));
}
