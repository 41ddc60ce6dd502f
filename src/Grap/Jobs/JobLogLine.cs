using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Grap.Configuration;

namespace Grap.Jobs;

/// <summary>How a job writes its log.</summary>
public enum JobLogFormat
{
    /// <summary>For people: time, level, job, run, step, result, seconds, message.</summary>
    Text,
    /// <summary>For machines: one JSON object on each line.</summary>
    Json,
}

/// <summary>One line of a job's log.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Job">The job's name.</param>
/// <param name="Run">The run.</param>
/// <param name="Step">One of <see cref="JobStepName"/>.</param>
/// <param name="Message">A sentence; never a secret.</param>
public sealed record JobLogLine(
    DateTimeOffset Time, LogLevel Level, string Job, string Run, string Step, string Message)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How the step ended; null for a line in the middle of one.</summary>
    public JobStepResult? Result { get; init; }
    /// <summary>How long it took.</summary>
    public TimeSpan? Duration { get; init; }
    /// <summary>The exit code, on the last line of a run.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The line, without its end.</summary>
    public string Format(JobLogFormat format) => format == JobLogFormat.Json ? Json() : Text();

    private string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)} ");
        text.Append(CultureInfo.InvariantCulture, $"{Level.ToString().ToUpperInvariant(),-5} ");
        text.Append(CultureInfo.InvariantCulture, $"{Job}[{Run[..8]}] {Step}");
        if (Result is { } result)
            text.Append(' ').Append(result.ToString().ToLowerInvariant());
        if (Duration is { } duration)
            text.Append(CultureInfo.InvariantCulture, $" in {duration.TotalSeconds:0.000} s");
        if (ExitCode is { } code)
            text.Append(CultureInfo.InvariantCulture, $", exit code {code}");
        if (Message.Length > 0)
            text.Append(": ").Append(Message);
        // One line for one event, whatever a server or a path has in it.
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsControl(text[index]))
                text[index] = ' ';
        }
        return text.ToString();
    }

    private string Json()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, s_json))
        {
            json.WriteStartObject();
            json.WriteString("time", Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("level", Level.ToString().ToUpperInvariant());
            json.WriteString("job", Job);
            json.WriteString("run", Run);
            json.WriteString("step", Step);
            if (Result is { } result)
                json.WriteString("result", result.ToString().ToLowerInvariant());
            if (Duration is { } duration)
                json.WriteNumber("seconds", Math.Round(duration.TotalSeconds, 3));
            if (ExitCode is { } code)
                json.WriteNumber("exit_code", code);
            json.WriteString("message", Message);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
