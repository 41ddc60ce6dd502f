using Grap.Servers.Installations;
using Xunit;

namespace Grap.Tests.Unit.Servers;

/// <summary>Which Neo4j a scratch server is made of.</summary>
public sealed class InstallationSearchTests : IDisposable
{
    private readonly InstallationFolder _folder = new();

    [Fact]
    public void The_version_that_is_wanted_is_found_beside_the_one_that_is_named()
    {
        var named = _folder.AddNeo4j("5.26.30", 17);
        var beside = _folder.AddNeo4j("5.13.0", 17);
        var search = Search(home: named);

        Assert.Equal(named, search.Find("5.26.30", "community").Home);
        Assert.Equal(beside, search.Find("5.13.0", "community").Home);
    }

    [Fact]
    public void The_usual_places_are_patterns()
    {
        var home = _folder.AddNeo4j("2026.08.1", 21);

        Assert.Equal(home, Search(places: [_folder.Path("neo4j*")]).Find("2026.08.1", "community").Home);
        Assert.Equal(home, Search(places: [home]).Find("2026.08.1", "community").Home);
        Assert.Equal(home, Search(serverHome: home).Find("2026.08.1", "community").Home);
    }

    [Theory]
    [InlineData("5.26.29", "community")] // another patch
    [InlineData("5.26.30", "enterprise")]
    public void Another_version_or_edition_is_not_taken_and_the_message_names_what_was_found(string version, string edition)
    {
        var home = _folder.AddNeo4j("5.26.30", 17);

        var none = Assert.Throws<GrapException>(() => Search(home).Find(version, edition));

        Assert.Equal(GrapCondition.ScratchServerUnavailable, none.Condition);
        Assert.Contains($"Neo4j {version} ({edition})", none.Message, StringComparison.Ordinal);
        Assert.Contains($"5.26.30 ({home})", none.Message, StringComparison.Ordinal);
        Assert.Contains("NEO4J_HOME", none.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_version_is_wanted_the_named_one_or_the_only_one_is_taken()
    {
        var first = _folder.AddNeo4j("5.13.0", 17);
        Assert.Equal(first, Search(places: [_folder.Path("neo4j*")]).FindAny().Home);

        var second = _folder.AddNeo4j("5.26.30", 17);
        Assert.Equal(second, Search(home: second).FindAny().Home);
        var unclear = Assert.Throws<GrapException>(() => Search(places: [_folder.Path("neo4j*")]).FindAny());
        Assert.Equal(GrapCondition.ScratchServerUnavailable, unclear.Condition);
        Assert.Contains(first, unclear.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_no_installation_is_passed_over()
    {
        Directory.CreateDirectory(_folder.Path("neo4j-broken", "lib"));
        File.WriteAllText(_folder.Path("neo4j-broken", "lib", "neo4j-kernel-5.26.30.jar"), "no jar");
        var home = _folder.AddNeo4j("5.26.30", 17);

        Assert.Equal(home, Search(places: [_folder.Path("*")]).Find("5.26.30", "community").Home);
        Assert.Throws<GrapException>(() => Search().Find("5.26.30", "community"));
    }

    public void Dispose() => _folder.Dispose();

    private static InstallationSearch Search(
        string? home = null, string? serverHome = null, IReadOnlyList<string>? places = null) =>
        new(new ScratchOptions { Home = home, ServerHome = serverHome, Places = places ?? [], Environment = _ => null });
}
