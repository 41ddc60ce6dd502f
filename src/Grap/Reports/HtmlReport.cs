using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Retention;

namespace Grap.Reports;

/// <summary>Writes a report as one HTML page that needs nothing else: no script, no picture, no font from anywhere. It
/// is
/// light or dark as its reader's system is, and can be read on a phone.</summary>
public sealed class HtmlReport
{
    private const int ListedBackups = 100;
    private const int ListedRuns = 30;
    private const int ListedRemovals = 20;

    // As the alerts have it: a day and two hours, a week and a day.
    private static readonly TimeSpan s_freshBackup = TimeSpan.FromHours(26);
    private static readonly TimeSpan s_freshProof = TimeSpan.FromDays(8);

    private readonly ReportFacts _facts;
    private readonly HtmlText _html = new();

    private HtmlReport(ReportFacts facts) => _facts = facts;

    /// <summary>The page.</summary>
    public static string Write(ReportFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var report = new HtmlReport(facts);
        report.AddHead();
        report.AddSummary();
        report.AddTimeline();
        report.AddHealth();
        report.AddRetention();
        report.AddJobs();
        report.AddBackups();
        report.AddRecoveries();
        report.AddAudit();
        report._html.Raw($"</main></body></html>\n");
        return report._html.ToString();
    }

    private List<Backup> Good => [.. _facts.Backups.Where(static backup => backup.Status == BackupStatus.Available)];

    private void AddHead() => _html
        .Raw($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .Raw($"<meta http-equiv=\"Content-Security-Policy\" ")
        .Raw($"content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
        .Raw($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .Raw($"<meta name=\"color-scheme\" content=\"light dark\">\n")
        .Raw($"<title>Grap: {HtmlText.Encode(_facts.Repository)}</title>\n<style>{ReportStyle.Text}</style></head>\n")
        .Raw($"<body><main><h1>Backups in <bdi>{HtmlText.Encode(_facts.Repository)}</bdi></h1>\n")
        .Raw($"<p>As of {Readable.Time(_facts.At)} UTC. All times are UTC.</p>\n");

    private void AddSummary()
    {
        _html.Raw($"<div class=\"tiles\">");
        var newest = Good.FirstOrDefault();
        Tile("Newest good backup", newest is null ? "none" : Age(newest.CreatedAt),
            IsFresh(newest?.CreatedAt, s_freshBackup) ? "good" : "bad");
        var restored = Good.Where(static backup => backup.VerifiedLevel == VerificationLevel.Restore)
            .Max(static backup => backup.VerifiedAt);
        Tile("Last proof by restoring", restored is null ? "never" : Age(restored.Value),
            IsFresh(restored, s_freshProof) ? "good" : "warn");
        if (_facts.Runs.LastOrDefault(static run => run is { Refused: false, EndedAt: not null }) is { } run)
            Tile("Last job", run.Interrupted ? "Interrupted" : $"{run.Outcome}", run.Succeeded ? "good" : "bad");
        if (_facts.Health is { } health)
            Tile("Health", $"{health.Status}", Kind(health.Status));
        var damaged = _facts.Backups.Count(static backup => backup.Status == BackupStatus.Damaged);
        Tile("Backups", damaged == 0
            ? Readable.Count(_facts.Backups.Count)
            : $"{Readable.Count(_facts.Backups.Count)}, {Readable.Count(damaged)} damaged", damaged == 0 ? "" : "bad");
        Tile("Size", Readable.Bytes(_facts.Backups.Sum(static backup => (double)backup.SizeBytes)), "");
        Tile("Free", Readable.Bytes(_facts.FreeBytes), "");
        _html.Raw($"</div>\n");
        foreach (var problem in _facts.Problems.Take(ListedRemovals))
            _html.Raw($"<p class=\"bad\">{HtmlText.Encode(problem)}</p>\n");
    }

    private void AddTimeline()
    {
        if (_facts.Backups.Count == 0)
            return;
        _html.Section("timeline", "Timeline");
        Chart.Bars(_html, "Backups by what was proven of them",
        [
            ("restore", "proven by restoring", Proven(VerificationLevel.Restore)),
            ("structure", "structure proven", Proven(VerificationLevel.Structure)),
            ("checksum", "checksum proven", Proven(VerificationLevel.Checksum)),
            ("unproven", "not proven", Proven(VerificationLevel.None)),
            ("damaged", "not usable", [.. _facts.Backups.Where(static backup => backup.Status != BackupStatus.Available)
                .Select(static backup => backup.CreatedAt)]),
        ]);
        var proofs = _facts.Backups.Select(static backup => backup.VerifiedAt).OfType<DateTimeOffset>().ToList();
        Chart.Bars(_html, "Proofs", [("structure", "proofs", proofs)]);
        Chart.Line(_html, "Size of the archive", Points(static backup => backup.SizeBytes), Readable.Bytes);
        Chart.Line(_html, "Time to take it", Points(static backup => backup.Duration.TotalSeconds), Readable.Duration);
        Chart.Line(_html, "Content read by second",
            Points(static backup => backup.RawBytes / Math.Max(0.001, backup.Duration.TotalSeconds)), Readable.Rate);
        _html.EndSection();
    }

    private void AddHealth()
    {
        if (_facts.Health is not { } health)
            return;
        _html.Section("health", "Health").Table(["Check", "Status", "Duration", "Message"],
            health.Checks.Select(static check => (IReadOnlyList<Cell>)
            [
                check.Name, new Cell($"{check.Status}", Kind(check.Status)),
                Cell.Number(Readable.Duration(check.Duration.TotalSeconds)),
                check.Findings.Count == 0 ? check.Message : $"{check.Message}: {string.Join("; ", check.Findings)}",
            ])).EndSection();
    }

    private void AddRetention()
    {
        if (_facts.Retention is not { } plan)
            return;
        _html.Section("retention", "Retention");
        foreach (var (database, why) in plan.Halted)
            _html.Raw($"<p class=\"warn\">Nothing of <bdi>{HtmlText.Encode(database)}</bdi> is removed. ")
                .Raw($"{HtmlText.Encode(why)}</p>\n");
        var goes = plan.Decisions.Where(static decision => decision.Action != RetentionAction.Keep).ToList();
        var freed = Readable.Bytes(goes.Sum(static decision => (double)decision.Backup.SizeBytes));
        _html.Paragraph($"The next run keeps {Readable.Count(plan.Decisions.Count - goes.Count)} backups, and "
            + $"{Readable.Count(goes.Count)} go: {freed}.");
        if (goes.Count > 0)
            _html.Table(["Backup", "Created", "What", "Why", "Size"],
                goes.Take(ListedRemovals).Select(static decision => (IReadOnlyList<Cell>)
                [
                    decision.Id, Readable.Time(decision.Backup.CreatedAt), $"{decision.Action}", decision.Reason,
                    Cell.Number(Readable.Bytes(decision.Backup.SizeBytes)),
                ]));
        _html.EndSection();
    }

    private void AddJobs()
    {
        if (_facts.Runs.Count == 0)
            return;
        _html.Section("jobs", $"Jobs, the newest {ListedRuns} runs").Table(
            ["Job", "Began", "Ended as", "Time", "Backup", "Missed", "Problem"],
            _facts.Runs.TakeLast(ListedRuns).Reverse().Select(static run => (IReadOnlyList<Cell>)
            [
                run.Name, Readable.Time(run.StartedAt), Ending(run),
                Cell.Number(run.EndedAt is { } end && !run.Interrupted
                    ? Readable.Duration((end - run.StartedAt).TotalSeconds)
                    : ""),
                run.BackupId ?? "", Cell.Number(run.MissedRuns > 0 ? Readable.Count(run.MissedRuns) : ""),
                run.Problem ?? "",
            ])).EndSection();
    }

    private void AddBackups()
    {
        _html.Section("backups", "Backups");
        _html.Table(
            [
                "Backup", "Created", "Database", "Method", "State", "Nodes", "Relationships", "Size", "Time", "Proven",
                "Pinned",
            ],
            _facts.Backups.Take(ListedBackups).Select(static backup => (IReadOnlyList<Cell>)
            [
                backup.Id, Readable.Time(backup.CreatedAt), backup.Database, $"{backup.Method}", State(backup),
                Cell.Number(Readable.Count(backup.Nodes)), Cell.Number(Readable.Count(backup.Relationships)),
                Cell.Number(Readable.Bytes(backup.SizeBytes)),
                Cell.Number(Readable.Duration(backup.Duration.TotalSeconds)),
                backup.VerifiedLevel == VerificationLevel.None ? "" : $"{backup.VerifiedLevel}",
                backup.Protected ? "yes" : "",
            ]));
        if (_facts.Backups.Count > ListedBackups)
            _html.Paragraph(
                $"{Readable.Count(_facts.Backups.Count - ListedBackups)} older ones are in the charts only.");
        _html.EndSection();
    }

    private void AddRecoveries()
    {
        if (_facts.Recoveries.Count == 0)
            return;
        _html.Section("recoveries", "Recoveries").Table(
            ["Database", "Status", "Backup", "Began", "Ended", "Promoted", "Validation errors"],
            _facts.Recoveries.Select(static recovery => (IReadOnlyList<Cell>)
            [
                recovery.Database, State(recovery), recovery.BackupId ?? "",
                recovery.StartedAt is { } began ? Readable.Time(began) : "",
                recovery.CompletedAt is { } ended ? Readable.Time(ended) : "",
                recovery.PromotedToProduction ? "yes" : "no", string.Join(' ', recovery.ValidationErrors),
            ])).EndSection();
    }

    private void AddAudit()
    {
        if (_facts.Audit.Count == 0)
            return;
        _html.Section("audit", $"Audit log, the newest {Readable.Count(_facts.Audit.Count)} entries").Table(
            ["Time", "Operation", "Thing", "Result", "Who", "Problem"],
            _facts.Audit.Select(static entry => (IReadOnlyList<Cell>)
            [
                Readable.Time(entry.Timestamp), entry.Operation, $"{entry.EntityType} {entry.EntityId}",
                new Cell(entry.Result, entry.Result == JournalResult.Success ? "good" : "bad"), entry.Actor,
                entry.Details.GetValueOrDefault("problem") ?? "",
            ])).EndSection();
    }

    private void Tile(string name, string value, string kind) =>
        _html.Raw($"<div class=\"tile {kind}\"><b>{HtmlText.Encode(value)}</b>")
            .Raw($"<span>{HtmlText.Encode(name)}</span></div>");

    private bool IsFresh(DateTimeOffset? time, TimeSpan limit) => _facts.At - time <= limit;

    private string Age(DateTimeOffset time) => Readable.Age(_facts.At - time);

    private List<DateTimeOffset> Proven(VerificationLevel level) =>
        [.. Good.Where(backup => backup.VerifiedLevel == level).Select(static backup => backup.CreatedAt)];

    private List<ChartPoint> Points(Func<Backup, double> value) =>
        [.. Good.Select(backup => new ChartPoint(backup.CreatedAt, value(backup)))];

    private static Cell Ending(JobRun run) => run switch
    {
        { Interrupted: true } => new Cell("Interrupted", "bad"),
        { EndedAt: null } => new Cell("Running"),
        { Succeeded: true } => new Cell("Succeeded", "good"),
        _ => new Cell($"{run.Outcome}", run.Refused ? "warn" : "bad"),
    };

    private static Cell State(Backup backup) => backup.Status == BackupStatus.Available
        ? new Cell($"{backup.Exactness}", backup.Exactness == Exactness.Exact ? "good" : "warn")
        : new Cell($"{backup.Status}", "bad");

    private static Cell State(RecoveryRecord recovery) => recovery switch
    {
        { Interrupted: true } => new Cell($"{recovery.Status} (interrupted)", "bad"),
        { State: RecoveryState.RecoverySuccess } => new Cell(recovery.Status, "good"),
        { State: RecoveryState.RecoveryFailed } => new Cell(recovery.Status, "bad"),
        _ => new Cell(recovery.Status),
    };

    private static string Kind(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "good",
        HealthStatus.Degraded => "warn",
        _ => "bad",
    };

    private static string? Kind(TierStatus status) => status switch
    {
        TierStatus.Pass => "good",
        TierStatus.Warn => "warn",
        TierStatus.Fail => "bad",
        _ => null,
    };
}
