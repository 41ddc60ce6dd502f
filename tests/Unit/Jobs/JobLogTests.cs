using System.Text;
using System.Text.Json;
using Grap.Configuration;
using Grap.Jobs;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Jobs;

public sealed class JobLogTests
{
    private static readonly JobLogLine Line = new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero), LogLevel.Error, "nightly", new string('a', 32), "backup",
        "Server 'x' said\nno \u001b[31m")
    {
        Result = JobStepResult.Failed,
        Duration = TimeSpan.FromMilliseconds(1234),
        ExitCode = 3,
    };

    private readonly List<string> _lines = [];
    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public void A_line_of_text_is_one_line_whatever_is_in_it() => Assert.Equal(
        "2026-01-02T03:04:05.006Z ERROR nightly[aaaaaaaa] backup failed in 1.234 s, exit code 3: Server 'x' said no  [31m",
        Line.Format(JobLogFormat.Text));

    [Fact]
    public void A_line_of_json_is_one_object()
    {
        var text = Line.Format(JobLogFormat.Json);
        Assert.DoesNotContain('\n', text);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal("backup", json.GetProperty("step").GetString());
        Assert.Equal("failed", json.GetProperty("result").GetString());
        Assert.Equal(1.234, json.GetProperty("seconds").GetDouble());
        Assert.Equal(3, json.GetProperty("exit_code").GetInt32());
        Assert.Equal(Line.Message, json.GetProperty("message").GetString());
    }

    [Fact]
    public void Lines_below_the_level_are_left_out()
    {
        var log = new JobLog(_lines.Add, LogLevel.Warn, JobLogFormat.Text);
        log.Write(Line with { Level = LogLevel.Info });
        log.Write(Line with { Level = LogLevel.Warn });
        Assert.Single(_lines);
    }

    [Fact]
    public void The_file_is_put_aside_when_it_is_long_and_the_oldest_goes()
    {
        var repository = Workshop.Open(_files);
        var log = new JobLog(_lines.Add, LogLevel.Debug, JobLogFormat.Text, maxBytes: 300);
        log.Keep(repository.Place);
        for (var number = 0; number < 20; number++)
            log.Write(Line with { Message = $"line {number}" });

        var files = _files.Files(Workshop.Folder).Where(static file => file.Key.StartsWith("job", StringComparison.Ordinal)).ToList();
        Assert.Equal(["job.1.log", "job.2.log", "job.3.log", "job.4.log", "job.log"],
            files.Select(static file => file.Key).Order(StringComparer.Ordinal));
        Assert.All(files, static file => Assert.InRange(file.Value.Length, 1, 300));
        Assert.EndsWith("line 19\n", Encoding.UTF8.GetString(_files.Files(Workshop.Folder)["job.log"]), StringComparison.Ordinal);
        Assert.Null(log.Failure);
    }

    [Fact]
    public void A_disk_that_takes_no_line_is_told_once()
    {
        var repository = Workshop.Open(_files);
        var log = new JobLog(_lines.Add, LogLevel.Debug, JobLogFormat.Text);
        log.Keep(repository.Place);
        (_files.FailsAt, _files.StaysBroken) = (_files.Calls + 1, true);
        _files.Failure = static () => new IOException("Full.", 28);
        log.Write(Line);
        log.Write(Line);

        Assert.Equal(GrapCondition.RepositoryFull, log.Failure!.Condition);
        Assert.Equal(3, _lines.Count);
        Assert.Contains("goes no further", _lines[1], StringComparison.Ordinal);
    }
}
