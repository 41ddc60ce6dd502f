using System.Text;
using Grap.Configuration;
using Xunit;

namespace Grap.Tests.Unit.Configuration;

public class GrapSettingsTests
{
    private static readonly string Folder = Path.GetFullPath("work");
    private static readonly string EnvPath = Path.Combine(Folder, ".env");

    private readonly Dictionary<string, string> _variables = [];
    private readonly Dictionary<string, string> _files = [];

    [Fact]
    public void The_strongest_place_wins()
    {
        _files[EnvPath] = "BACKUP_RETENTION_DAYS=3\nBACKUP_COMPRESSION=7\nNEO4J_DATABASE=file";
        _variables["BACKUP_COMPRESSION"] = "9";
        _variables["NEO4J_DATABASE"] = "variable";
        var settings = Load(("NEO4J_DATABASE", "parameter"));

        Assert.Equal("parameter", settings.Database);
        Assert.Equal(9, settings.CompressionLevel);
        Assert.Equal(3, settings.RetentionDays);
        Assert.Equal(LogLevel.Info, settings.LogLevel);
        Assert.Equal(
            [SettingOrigin.Parameter, SettingOrigin.Environment, SettingOrigin.EnvFile, SettingOrigin.Default],
            new[] { "NEO4J_DATABASE", "BACKUP_COMPRESSION", "BACKUP_RETENTION_DAYS", "LOG_LEVEL" }
                .Select(name => Setting(settings, name).Origin));
        Assert.Equal($"{EnvPath}:1", Setting(settings, "BACKUP_RETENTION_DAYS").Source);
    }

    [Fact]
    public void An_empty_value_counts_as_not_set()
    {
        _files[EnvPath] = "NEO4J_DATABASE=file";
        _variables["NEO4J_DATABASE"] = "";
        Assert.Equal("file", Load(("NEO4J_DATABASE", null)).Database);
    }

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var settings = Load();
        Assert.Null(settings.Auth);
        Assert.Null(settings.Database);
        Assert.Null(settings.Home);
        Assert.Null(settings.Data);
        Assert.Equal("./backups", settings.Repository);
        Assert.Equal("0 2 * * *", settings.Schedule);
        Assert.Equal(30, settings.RetentionDays);
        Assert.Equal(1, settings.CompressionLevel);
        Assert.False(settings.PromoteAfterValidation);
        Assert.True(settings.Projection);
        Assert.Equal("bolt://localhost:7687", Setting(settings, "NEO4J_URI").Value);
        Assert.All(settings.List(), setting => Assert.Equal(SettingOrigin.Default, setting.Origin));
    }

    [Fact]
    public void GRAP_ENV_FILE_replaces_the_file_of_the_folder()
    {
        var other = Path.Combine(Folder, "conf", "prod.env");
        _files[EnvPath] = "NEO4J_DATABASE=here";
        _files[other] = "NEO4J_DATABASE=there";
        _variables["GRAP_ENV_FILE"] = Path.Combine("conf", "prod.env");
        Assert.Equal("there", Load().Database);
    }

    [Fact]
    public void GRAP_ENV_FILE_must_name_a_file_that_is_there()
    {
        _variables["GRAP_ENV_FILE"] = "nowhere.env";
        var e = Assert.Throws<GrapException>(() => Load());
        Assert.Equal(GrapCondition.SettingInvalid, e.Condition);
        Assert.Contains("nowhere.env", e.Message);
    }

    [Fact]
    public void A_file_in_another_encoding_is_refused_without_quoting_it()
    {
        var surroundings = Surroundings() with { ReadFile = _ => throw new DecoderFallbackException("bytes [73] [65]") };
        var e = Assert.Throws<GrapException>(() => GrapSettings.Load(surroundings));
        Assert.Equal(GrapCondition.SettingInvalid, e.Condition);
        Assert.DoesNotContain("[73]", e.ToString());
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_named()
    {
        var surroundings = Surroundings() with { ReadFile = _ => throw new UnauthorizedAccessException("no") };
        var e = Assert.Throws<GrapException>(() => GrapSettings.Load(surroundings));
        Assert.Contains(EnvPath, e.Message);
    }

    [Fact]
    public void Outside_the_file_system_no_file_is_looked_for()
    {
        _files[EnvPath] = "NEO4J_DATABASE=here";
        Assert.Null(GrapSettings.Load(Surroundings() with { Folder = null }).Database);
    }

    [Theory]
    [InlineData("neo4j/secret", "neo4j", "secret")]
    [InlineData("neo4j/se/cr/et", "neo4j", "se/cr/et")]
    [InlineData("ada/none", "ada", "none")]
    public void NEO4J_AUTH_is_user_and_password(string text, string user, string password)
    {
        _variables["NEO4J_AUTH"] = text;
        Assert.Equal(new ServerCredential(user, password), Load().Auth);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("NONE")]
    public void NEO4J_AUTH_may_be_none(string text)
    {
        _variables["NEO4J_AUTH"] = text;
        Assert.Null(Load().Auth);
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("False", 0)]
    [InlineData("1", 1)]
    [InlineData("22", 22)]
    public void BACKUP_COMPRESSION_is_a_level(string text, int level)
    {
        _variables["BACKUP_COMPRESSION"] = text;
        Assert.Equal(level, Load().CompressionLevel);
    }

    [Theory]
    [InlineData("NEO4J_AUTH", "sesame")]
    [InlineData("NEO4J_AUTH", "/sesame")]
    [InlineData("NEO4J_AUTH", "sesame/")]
    [InlineData("BACKUP_COMPRESSION", "fast")]
    [InlineData("BACKUP_COMPRESSION", "0")]
    [InlineData("BACKUP_COMPRESSION", "23")]
    [InlineData("BACKUP_COMPRESSION", "+3")]
    [InlineData("BACKUP_RETENTION_DAYS", "0")]
    [InlineData("BACKUP_RETENTION_DAYS", "-1")]
    [InlineData("BACKUP_RETENTION_DAYS", "3.5")]
    [InlineData("BACKUP_RETENTION_DAYS", "99999999999")]
    [InlineData("BACKUP_SCHEDULE", "0 2 * *")]
    [InlineData("BACKUP_SCHEDULE", "0 2 * * $")]
    [InlineData("BACKUP_SCHEDULE", "0 0 2 * * *")]
    [InlineData("GRAP_HEARTBEAT_URL", "ftp://sesame")]
    [InlineData("PROMOTE_AFTER_VALIDATION", "yes")]
    [InlineData("LOG_LEVEL", "TRACE")]
    public void A_value_without_sense_is_refused_where_it_is_needed(string name, string value)
    {
        _files[EnvPath] = $"# first line\n{name}='{value}'";
        var settings = Load();
        var problem = settings.FindProblem(name);
        Assert.NotNull(problem);
        Assert.Equal(GrapCondition.SettingInvalid, problem.Condition);
        Assert.Contains($"{EnvPath}:2", problem.Message);
        Assert.Equal(problem.Message, Setting(settings, name).Problem);
        Assert.All(settings.List().Where(setting => setting.Name != name), setting => Assert.Null(setting.Problem));
    }

    [Fact]
    public void A_schedule_without_sense_is_told_what_is_wrong_with_it()
    {
        _files[EnvPath] = "BACKUP_SCHEDULE='0 0 2 * * *'";
        Assert.Contains("seconds are not supported", Load().FindProblem("BACKUP_SCHEDULE")!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hc.example/sesame", "https://hc.example/********")]
    [InlineData("https://user:sesame@hc.example/?key=sesame", "https://hc.example/********")]
    [InlineData("sesame", "********")]
    public void Of_a_heartbeat_only_the_host_is_shown(string address, string shown)
    {
        _files[EnvPath] = $"GRAP_HEARTBEAT_URL='{address}'";
        var setting = Setting(Load(), "GRAP_HEARTBEAT_URL");
        Assert.Equal(shown, setting.Value);
        Assert.DoesNotContain("sesame", setting.Problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sesame")]
    [InlineData("/sesame")]
    [InlineData("neo4j/sesame")]
    [InlineData("neo4j/sesame/sesame")]
    public void A_password_is_shown_nowhere(string auth)
    {
        _variables["NEO4J_AUTH"] = auth;
        var settings = Load();
        Assert.DoesNotContain("sesame", settings.FindProblem("NEO4J_AUTH")?.ToString() ?? "");
        Assert.All(settings.List(), setting =>
        {
            Assert.DoesNotContain("sesame", setting.ToString());
            Assert.DoesNotContain("sesame", setting.Value ?? "");
            Assert.DoesNotContain("sesame", setting.Problem ?? "");
        });
    }

    [Theory]
    [InlineData("bolt://localhost:7687", "bolt://localhost:7687")]
    [InlineData("bolt://neo4j:sesame@db:7687", "bolt://********@db:7687")]
    [InlineData("bolt://neo4j:ses/ame@db:7687", "bolt://********@db:7687")]
    [InlineData("bolt://neo4j:ses@ame@db", "bolt://********@db")]
    [InlineData("bolt://neo/4j:sesame@db", "bolt://********@db")]
    [InlineData("neo4j:sesame@db", "********@db")]
    [InlineData("neo4j://db?policy=a@b", "neo4j://db?policy=a@b")]
    public void An_address_is_shown_without_user_and_password(string address, string shown) =>
        Assert.Equal(shown, SecretMask.Address(address));

    private static Setting Setting(GrapSettings settings, string name) => settings.List().Single(setting => setting.Name == name);

    private GrapSettings Load(params (string Name, string? Value)[] parameters) =>
        GrapSettings.Load(Surroundings(), parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value));

    private SettingSurroundings Surroundings() => new(Folder, _variables.GetValueOrDefault, _files.GetValueOrDefault);
}
