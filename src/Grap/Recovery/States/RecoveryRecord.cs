using System.Text.Json.Serialization;
using Grap.Recovery.Preflight;
using Grap.Recovery.Promotion;
using Grap.Recovery.Staging;
using Grap.Servers.Installations;

namespace Grap.Recovery.States;

/// <summary>What a repository says of the recovery of one database.</summary>
public sealed record RecoveryRecord
{
    /// <summary>The database that is recovered.</summary>
    public required string Database { get; init; }
    /// <summary>Where it is.</summary>
    [JsonPropertyName("status")]
    public RecoveryState State { get; init; }
    /// <summary>The state's name, as <c>RECOVERY_SUCCESS</c>.</summary>
    [JsonIgnore]
    public string Status => State.Name();
    /// <summary>0 to 100.</summary>
    public int ProgressPercent { get; init; }
    /// <summary>The backup; null where there is no recovery.</summary>
    public string? BackupId { get; init; }
    /// <summary>What of the backup is recovered; null where it is all of it. A part cannot be promoted.</summary>
    public RecoveredPart? Part { get; init; }
    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it was last gone on with after an interruption; null where it never was.</summary>
    public DateTimeOffset? ResumedAt { get; init; }
    /// <summary>When it succeeded or failed.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
    /// <summary>What it needs, and what there was of it before it began.</summary>
    public IReadOnlyList<PreflightItem> Preflight { get; init; } = [];
    /// <summary>Everything that stands against promoting it, each as a sentence.</summary>
    public IReadOnlyList<string> ValidationErrors { get; init; } = [];
    /// <summary>Whether its result is production's now.</summary>
    public bool PromotedToProduction { get; init; }
    /// <summary>When the record was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
    /// <summary>The folder that belongs to this recovery, whatever process ends: the restored database is in it. Null
    /// where there is none.</summary>
    public string? StagingFolder { get; init; }
    /// <summary>The machine that the folder is on.</summary>
    public string? StagingHost { get; init; }
    /// <summary>The server that was left running in it, to be looked at; null where none runs, and on other
    /// machines. The folder knows it, and the record the folder.</summary>
    [JsonIgnore]
    public KeptServer? StagingServer { get; init; }
    /// <summary>What validation found in it; null before, and where it could not be read.</summary>
    public StagedContent? Staged { get; init; }
    /// <summary>Who began it: user@host.</summary>
    public string? Actor { get; init; }
    /// <summary>How its result became production's, or is about to; null where nobody tried.</summary>
    public PromotionRecord? Promotion { get; init; }
    /// <summary>The repository's address; not a part of the file.</summary>
    [JsonIgnore]
    public string Repository { get; init; } = "";
    /// <summary>Whether the process that worked on it is gone, as far as can be told from here.</summary>
    [JsonIgnore]
    public bool Interrupted { get; init; }
    /// <summary>Whether somebody works on it, or did until it was interrupted.</summary>
    [JsonIgnore]
    public bool UnderWay => State is RecoveryState.Recovering or RecoveryState.Validation;
}
