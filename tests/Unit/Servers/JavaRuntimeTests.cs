using Grap.Servers.Installations;
using Xunit;

namespace Grap.Tests.Unit.Servers;

public sealed class JavaRuntimeTests : IDisposable
{
    private readonly InstallationFolder _folder = new();

    // No Java of the machine that runs the tests is that new, so only those made here can be chosen.
    private const int Wanted = 1021;

    [Theory]
    [InlineData("17.0.15", 17)]
    [InlineData("21", 21)]
    [InlineData("25-ea", 25)]
    [InlineData("1.8.0_402", 8)]
    public void The_release_file_tells_the_version(string text, int major) =>
        Assert.Equal(major, JavaRuntime.At(_folder.AddJava("java", text))?.Major);

    [Fact]
    public void Java_home_is_taken_when_it_is_new_enough()
    {
        _folder.AddJava("jdk-fits", "1021.0.1");
        var named = _folder.AddJava("named", "1030.0.1");

        Assert.Equal(1030, Choose(("JAVA_HOME", named)).Major);
    }

    [Fact]
    public void Otherwise_the_oldest_that_is_new_enough()
    {
        var old = _folder.AddJava("named", "17.0.1");
        _folder.AddJava("jre-older", "1020.0.1");
        _folder.AddJava("jdk-newest", "1025");
        _folder.AddJava("jre-fits", "1021.0.8");

        Assert.Equal(1021, Choose(("JAVA_HOME", old)).Major);
    }

    [Fact]
    public void A_java_on_the_path_is_found_through_its_link()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Making links needs a privilege on Windows.");
        var home = _folder.AddJava("elsewhere", "1022.0.1");
        var bin = Directory.CreateDirectory(_folder.Path("bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "java"), Path.Combine(home, "bin", "java"));

        Assert.Equal(home, Choose(("PATH", bin)).Home);
    }

    [Fact]
    public void Only_older_ones_are_reported_with_what_is_needed()
    {
        var old = _folder.AddJava("jre-17", "17.0.15");

        var refused = Assert.Throws<GrapException>(() => Choose());

        Assert.Equal(GrapCondition.ScratchServerUnavailable, refused.Condition);
        Assert.Contains($"needs Java {Wanted} or newer", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"17 ({old})", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private JavaRuntime Choose(params (string Name, string Value)[] environment)
    {
        var values = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        return JavaRuntime.For(Neo4jInstallation.At(_folder.AddNeo4j("5.26.30", Wanted)), values.GetValueOrDefault);
    }
}
