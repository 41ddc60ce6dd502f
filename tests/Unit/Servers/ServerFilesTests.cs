using Grap.Servers.Installations;
using Xunit;

namespace Grap.Tests.Unit.Servers;

public sealed class ServerFilesTests
{
    [Fact]
    public void The_initial_password_is_written_as_neo4j_admin_writes_it()
    {
        // Made by `neo4j-admin dbms set-initial-password` of 5.26.30.
        const string Salt = "5b156862e2882e44716da1edc17756b79fa39e5a449b1cd35dcdab0cfe61d1f2";
        const string Hash = "a16ca4f7a19ff3c1f7571e12dcbd59e3aa873fdc68977d15201b536f75d0bc19";

        var record = InitialPassword.Record("secret-u-123", Convert.FromHexString(Salt));

        Assert.Equal($"neo4j:SHA-256,{Hash},{Salt},1024:\n", record);
    }

    [Fact]
    public void The_complaints_of_a_log_are_found_among_its_chatter()
    {
        string[] lines =
        [
            "2026-11-23 23:00:50.201+0000 INFO  Logging config in use: Embedded default config",
            "2026-11-23 23:00:50.245+0000 ERROR Failed to start Neo4j",
            "java.lang.IllegalArgumentException: Error evaluating value for setting 'x.y'",
            "    at org.neo4j.configuration.Config.evaluateSettingValues(Config.java:1)",
            "Caused by: java.lang.IllegalArgumentException: nonsense",
            "2026-11-23 23:00:50.300+0000 INFO  Stopped.",
        ];

        Assert.Equal([lines[1], lines[2], lines[4]], ServerLog.Relevant(lines));
    }

    [Fact]
    public void A_log_without_a_complaint_shows_its_end()
    {
        var lines = Enumerable.Range(0, 100).Select(number => $"line {number}").ToList();

        Assert.Equal(lines[^12..], ServerLog.Relevant(lines));
    }

    [Theory]
    [InlineData("java.net.BindException: Address already in use", true)]
    [InlineData("Caused by: org.neo4j.internal.helpers.PortBindException: 127.0.0.1:7687", true)]
    [InlineData("Unrecognized setting. No declared setting with name: address", false)]
    public void A_port_that_somebody_else_took_is_told_from_other_failures(string line, bool taken) =>
        Assert.Equal(taken, ServerLog.SaysPortTaken([line]));

    [Fact]
    public void A_path_of_windows_survives_the_configuration_file()
    {
        var text = ServerConfiguration.Text(new Dictionary<string, string> { ["a.b"] = @"C:\new\temp" });

        Assert.Equal(@"a.b=C:\\new\\temp" + "\n", text);
    }

    [Theory]
    [InlineData("name", "one\ntwo")]
    [InlineData("na=me", "value")]
    [InlineData("#name", "value")]
    public void A_setting_that_would_be_more_than_one_line_is_refused(string name, string value)
    {
        var refused = Assert.Throws<GrapException>(
            () => ServerConfiguration.Text(new Dictionary<string, string> { [name] = value }));

        Assert.Equal(GrapCondition.SettingInvalid, refused.Condition);
    }

    [Fact]
    public void The_options_never_show_the_password()
    {
        var options = new LocalServerOptions { Password = "never-to-be-seen" };

        Assert.DoesNotContain("never-to-be-seen", options.ToString(), StringComparison.Ordinal);
    }
}
