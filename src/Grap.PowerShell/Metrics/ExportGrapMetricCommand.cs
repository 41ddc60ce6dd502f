using System.Management.Automation;
using Grap.Configuration;
using Grap.Health;
using Grap.Metrics;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;

namespace Grap.PowerShell;

/// <summary>Writes metrics for Prometheus.</summary>
[Cmdlet(VerbsData.Export, "GrapMetric", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportGrapMetricCommand : RepositoryCommand
{
    /// <summary>The file.</summary>
    [Parameter(Position = 0)]
    [ValidatePattern(@"\.prom$")]
    public string? Path { get; set; }

    /// <summary>What a health check found, to go into the metrics too.</summary>
    [Parameter(ValueFromPipeline = true)]
    public HealthReport? Health { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings((SettingName.MetricFile, Path));
        var written = settings.MetricFile ?? throw new GrapException(GrapCondition.SettingInvalid,
            "No file is named for the metrics.",
            "Give -Path or set GRAP_METRIC_FILE: a file whose name ends in .prom, in the folder of the node exporter's "
            + "textfile collector.");
        var file = GetUnresolvedProviderPathFromPSPath(written);
        var (repository, health) = (LocateRepository(), Health);
        if (!ShouldProcess(file, "Write metrics"))
            return;
        Run(worker =>
        {
            var facts = MetricFacts.Read(repository) with { Health = health };
            MetricFile.Write(file, MetricText.Write(facts));
            worker.Output(new FileInfo(file));
            // The file says so too; whoever called wants to know why.
            if (facts.Problem is { } problem)
                worker.Error(ErrorRecords.From(problem, repository));
            return Task.CompletedTask;
        });
    }
}
