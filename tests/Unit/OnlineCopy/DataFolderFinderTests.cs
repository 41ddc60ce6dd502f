using System.Text;
using Grap.OnlineCopy;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Where a database's files are looked for.</summary>
public sealed class DataFolderFinderTests : IDisposable
{
    private const string DataSetting = "server.directories.data";
    private const string LogSetting = "server.directories.transaction.logs.root";
    private readonly string _root = Directory.CreateTempSubdirectory("grap-finder-").FullName;

    private string Home => Path.Combine(_root, "home");

    private string Data => Path.Combine(_root, "data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void An_installation_without_a_configuration_has_its_files_where_they_are_by_default()
    {
        var hints = new DataFolderHints { Home = Home };
        Assert.Throws<GrapException>(() => Find(hints));

        foreach (var folder in new[] { Home, Path.Combine(Home, "conf") })
        {
            Directory.CreateDirectory(folder);
            AssertOnly(hints, Path.Combine(Home, "data"), Path.Combine(Home, "data", "transactions"));
        }
    }

    [Fact]
    public void Its_configuration_says_where_its_files_are()
    {
        Configure(Path.Combine(Home, "conf"), $"{DataSetting} = {Data}\r\n{LogSetting}={Data}-logs\r\n");

        AssertOnly(new DataFolderHints { Home = Home }, Data, Data + "-logs");
    }

    [Fact]
    public void Paths_are_relative_as_the_server_has_it()
    {
        Configure(Path.Combine(Home, "conf"), $"{DataSetting}=here\n{LogSetting}=../logs\n");

        AssertOnly(new DataFolderHints { Home = Home }, Path.Combine(Home, "here"), Path.Combine(Home, "logs"));
    }

    [Fact]
    public void A_configuration_elsewhere_goes_before_that_of_the_installation_and_may_name_the_home()
    {
        Configure(Path.Combine(Home, "conf"), $"{DataSetting}=/wrong\n");
        var folder = Path.Combine(_root, "etc");
        Configure(folder, $"dbms.directories.data=old\n");
        AssertOnly(new DataFolderHints { Home = Home, Configuration = folder },
            Path.Combine(Home, "old"), Path.Combine(Home, "old", "transactions"));
        Assert.Throws<GrapException>(() => Find(new DataFolderHints { Configuration = folder }));

        Configure(folder, $"server.directories.neo4j_home={_root}\n{LogSetting}={Data}\n", new UTF8Encoding(true));
        AssertOnly(new DataFolderHints { Configuration = folder }, Path.Combine(_root, "data"), Data);
    }

    [Fact]
    public void A_configuration_in_another_encoding_is_read_as_far_as_it_can_be()
    {
        Configure(Path.Combine(Home, "conf"), $"# donn\u00e9es\n{DataSetting}={Data}\n", Encoding.Latin1);

        AssertOnly(new DataFolderHints { Home = Home }, Data, Path.Combine(Data, "transactions"));
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_names_nothing_and_the_server_is_asked()
    {
        Directory.CreateDirectory(Path.Combine(Home, "conf", ConfigurationFile.Name));
        var hints = new DataFolderHints { Home = Home };

        Assert.Throws<GrapException>(() => Find(hints));
        var told = new ServerDirectories(Data, Data + "-logs", false);
        Assert.Equal((Data, Data + "-logs"), Assert.Single(Find(hints, told, local: true)));
        Assert.Throws<GrapException>(() => Find(hints, told));
    }

    [Fact]
    public void What_the_configuration_says_goes_before_what_the_server_does()
    {
        Configure(Path.Combine(Home, "conf"), $"{DataSetting}={Data}\n");

        Assert.Equal(
            [(Data, Path.Combine(Data, "transactions")), (_root, Path.Combine(_root, "transactions"))],
            Find(new DataFolderHints { Home = Home },
                new ServerDirectories(_root, Path.Combine(_root, "transactions"), false), local: true));
    }

    [Fact]
    public void With_a_data_folder_given_the_configuration_still_says_where_its_logs_are()
    {
        Configure(Path.Combine(Home, "conf"), $"{DataSetting}={Data}\n{LogSetting}={Data}-logs\n");
        var hints = new DataFolderHints { Home = Home, DataPath = Data + Path.DirectorySeparatorChar };

        // Both might be; where there is a folder of the database is tried first.
        Assert.Equal([Data + "-logs", Path.Combine(Data, "transactions")], Find(hints).Select(static at => at.Logs));
        Directory.CreateDirectory(Path.Combine(Data, "transactions", "neo4j"));
        Assert.Equal([Path.Combine(Data, "transactions"), Data + "-logs"], Find(hints).Select(static at => at.Logs));
        Directory.CreateDirectory(Path.Combine(Data + "-logs", "neo4j"));
        Assert.Equal([Data + "-logs", Path.Combine(Data, "transactions")], Find(hints).Select(static at => at.Logs));

        // That of another data folder says nothing.
        Assert.Equal((_root, Path.Combine(_root, "transactions")),
            Assert.Single(Find(hints with { DataPath = _root })));
    }

    [Fact]
    public void Logs_in_the_servers_data_folder_are_there_wherever_it_is_mounted()
    {
        var told = Told("/data", "/data/logs/of/all");

        Assert.Equal([Path.Combine(Data, "logs", "of", "all"), Path.Combine(Data, "transactions")],
            Find(new DataFolderHints { DataPath = Data }, told).Select(static at => at.Logs));
    }

    [Fact]
    public void Logs_outside_of_it_are_taken_where_they_are_and_otherwise_it_is_said_what_is_needed()
    {
        var logs = Path.Combine(_root, "logs");
        var told = Told("/data", logs);
        var hints = new DataFolderHints { DataPath = Data };

        var refused = Assert.Throws<GrapException>(() => Find(hints, told));
        Assert.Equal(GrapCondition.DataFolderUnavailable, refused.Condition);
        Assert.Contains($"'{logs}' ({LogSetting})", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Path.Combine(Data, "transactions", "neo4j")}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("NEO4J_CONF", refused.RecommendedAction, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(logs, "neo4j"));
        Assert.Equal(logs, Find(hints, told)[0].Logs);
        Directory.CreateDirectory(Path.Combine(Data, "transactions", "neo4j"));
        Assert.Equal([Path.Combine(Data, "transactions"), logs], Find(hints, told).Select(static at => at.Logs));

        // A server with this very data folder means what it says.
        Assert.Equal(logs, Find(hints, Told(Data, logs))[0].Logs);
    }

    private static ServerDirectories Told(string data, string logs) => ServerDirectories.From(
        new Dictionary<string, string> { [DataSetting] = Rooted(data), [LogSetting] = Rooted(logs) }, home: null)!;

    // As a server of this system would say it.
    private static string Rooted(string path) => OperatingSystem.IsWindows() && path[0] == '/' ? "C:" + path : path;

    private static void Configure(string folder, string text, Encoding? encoding = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, ConfigurationFile.Name), text, encoding ?? new UTF8Encoding(false));
    }

    private static List<(string Data, string Logs)> Find(
        DataFolderHints hints, ServerDirectories? told = null, bool local = false) =>
    [
        .. new DataFolderFinder(hints).Find("neo4j", told, local)
            .Select(static candidate => (candidate.Files.DataFolder, candidate.Files.LogRoot)),
    ];

    private static void AssertOnly(DataFolderHints hints, string data, string logs) =>
        Assert.Equal((Path.GetFullPath(data), Path.GetFullPath(logs)), Assert.Single(Find(hints)));
}
