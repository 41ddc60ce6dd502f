using System.Management.Automation;
using Grap.Configuration;
using Grap.Jobs;
using Grap.PowerShell.Running;

namespace Grap.PowerShell.Jobs;

/// <summary>What a job says where it could not even begin.</summary>
internal static class JobConsole
{
    /// <summary>Logs that settings or parameters make no sense, and returns the result that says so.</summary>
    public static BackupJobResult Refused(
        Cmdlet cmdlet, string name, string? repository, JobLogFormat format, GrapException wrong)
    {
        var now = DateTimeOffset.UtcNow;
        var result = new BackupJobResult
        {
            Name = name,
            Run = Guid.NewGuid().ToString("N"),
            Repository = repository ?? "",
            StartedAt = now,
            Outcome = BackupJobOutcome.ConfigurationInvalid,
            Condition = wrong.Condition,
            Problem = wrong.Message,
            RecommendedAction = wrong.RecommendedAction,
        };
        var line = new JobLogLine(now, LogLevel.Error, name, result.Run, JobStepName.End, wrong.Message)
        {
            Result = JobStepResult.Failed,
            Duration = TimeSpan.Zero,
            ExitCode = result.ExitCode,
        };
        HostLines.Write(cmdlet, line.Format(format));
        return result;
    }
}
