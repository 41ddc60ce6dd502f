using System.Management.Automation;
using Grap.Health;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Retention;
using Grap.Reports;
using Grap.Repositories;

namespace Grap.PowerShell;

/// <summary>Writes a report about a repository as one HTML page.</summary>
[Cmdlet(VerbsData.Export, "GrapReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportGrapReportCommand : RepositoryCommand, IRetentionRules
{
    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What a health check found, to go into the report too.</summary>
    [Parameter(ValueFromPipeline = true)]
    public HealthReport? Health { get; set; }

    /// <summary>Keep all backups younger than so many days.</summary>
    [Parameter]
    [ValidateRange(0, 36_500)]
    public int KeepDays { get; set; }

    /// <summary>Keep the newest so many.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>Keep the newest of each of so many days.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepDaily { get; set; }

    /// <summary>Keep the newest of each of so many weeks.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepWeekly { get; set; }

    /// <summary>Keep the newest of each of so many months.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepMonthly { get; set; }

    /// <summary>Keep the newest of each of so many years.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepYearly { get; set; }

    /// <summary>Never fewer good backups of a database than this.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Minimum { get; set; } = RetentionRules.Minimum;

    /// <summary>Days in the trash before a backup is deleted.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int GraceDays { get; set; } = RetentionRules.GraceDays;

    /// <summary>How many of the newest entries of the audit log it shows.</summary>
    [Parameter]
    [ValidateRange(0, 10_000)]
    public int AuditEntries { get; set; } = 50;

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        var policy = this.MakePolicy(LoadSettings());
        var (repository, health, entries, replaces) = (LocateRepository(), Health, AuditEntries, Force.IsPresent);
        if (!ShouldProcess(file, "Write report"))
            return;
        Run(worker =>
        {
            var facts = ReportFacts.Of(
                FolderRepository.Open(repository, create: false), policy, entries, TimeProvider.System);
            Write(file, HtmlReport.Write(facts with { Health = health }), replaces);
            worker.Output(new FileInfo(file));
            return Task.CompletedTask;
        });
    }

    private static void Write(string file, string page, bool replaces)
    {
        if (!replaces && File.Exists(file))
        {
            throw new GrapException(GrapCondition.TargetExists, $"'{file}' exists already.",
                "Name another file, or use -Force to replace it.", file);
        }
        OutputFile.Write(file, page, mode: null, failure => new GrapException(GrapCondition.ReportFailed,
            $"The report cannot be written to '{file}': {failure.Message}",
            "Check that the folder is there, that this account may write to it, and that its disk has space.",
            file, failure));
    }
}
