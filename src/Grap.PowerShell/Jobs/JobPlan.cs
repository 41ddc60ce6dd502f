using System.Management.Automation;
using Grap.Configuration;
using Grap.Jobs;
using Grap.PowerShell.Sessions;
using Grap.Servers.Installations;

namespace Grap.PowerShell.Jobs;

/// <summary>A job with everything that a command knows of it.</summary>
internal sealed record JobPlan(BackupJobOptions Options, string Repository, SessionTarget Server)
{
    public ScratchOptions Scratch { get; init; } = new();
    public LogLevel Level { get; init; }
    public JobLogFormat Format { get; init; }
    public ScriptBlock? OnSuccess { get; init; }
    public ScriptBlock? OnFailure { get; init; }
}
