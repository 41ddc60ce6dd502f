using System.Management.Automation;
using Grap.Configuration;
using Grap.PowerShell.Running;

namespace Grap.PowerShell;

/// <summary>Shows every setting, its value and where it came from.</summary>
[Cmdlet(VerbsCommon.Get, "GrapConfiguration")]
[OutputType(typeof(Setting))]
public sealed class GetGrapConfigurationCommand : GrapCommand
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings();
        var patterns = Array.ConvertAll(Name, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase));
        foreach (var setting in settings.List()
            .Where(setting => patterns.Any(pattern => pattern.IsMatch(setting.Name))))
        {
            WriteObject(setting);
            if (settings.FindProblem(setting.Name) is { } problem)
                WriteError(ErrorRecords.From(problem));
        }
    }
}
