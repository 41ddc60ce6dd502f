using Grap.Servers.Installations;
using Xunit;

namespace Grap.Tests.Unit.Servers;

public sealed class Neo4jInstallationTests : IDisposable
{
    private readonly InstallationFolder _folder = new();

    [Theory]
    [InlineData("5.13.0", 17, "org.neo4j.server.CommunityEntryPoint")]
    [InlineData("2026.08.1", 21, "org.neo4j.server.Neo4jCommunity")]
    public void A_community_installation_tells_its_version_its_java_and_how_to_start_it(
        string version, int java, string entryPoint)
    {
        var installation = Neo4jInstallation.At(_folder.AddNeo4j(version, java, entryPoint));

        Assert.Equal(version, installation.Version);
        Assert.Equal(Version.Parse(version), installation.Number);
        Assert.Equal(Neo4jEdition.Community, installation.Edition);
        Assert.Equal(java, installation.RequiredJava);
        Assert.Equal(entryPoint, installation.EntryPoint);
    }

    [Fact]
    public void The_enterprise_kernel_makes_it_enterprise()
    {
        var home = _folder.AddNeo4j(
            "5.26.30", 17, "com.neo4j.server.enterprise.EnterpriseEntryPoint", "neo4j-enterprise");
        File.WriteAllText(Path.Combine(home, "lib", "neo4j-enterprise-kernel-5.26.30.jar"), "");

        Assert.Equal(Neo4jEdition.Enterprise, Neo4jInstallation.At(home).Edition);
    }

    [Fact]
    public void A_folder_that_holds_no_neo4j_is_refused_by_name()
    {
        var folder = Directory.CreateDirectory(_folder.Path("something", "lib")).Parent!.FullName;

        var refused = Assert.Throws<GrapException>(() => Neo4jInstallation.At(folder));

        Assert.Equal(GrapCondition.ScratchServerUnavailable, refused.Condition);
        Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
