using System.Management.Automation;
using Grap.PowerShell.Audit;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.Repositories;

namespace Grap.PowerShell;

/// <summary>Reads a repository's audit log, newest entry first.</summary>
[Cmdlet(VerbsCommon.Get, "GrapAuditLog")]
[OutputType(typeof(JournalEntry))]
public sealed class GetGrapAuditLogCommand : RepositoryCommand
{
    /// <summary>Only these operations; patterns allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AuditedOperationCompleter))]
    public string[]? Operation { get; set; }

    /// <summary>Only what ended so.</summary>
    [Parameter]
    [ValidateSet(JournalResult.Success, JournalResult.Failure, JournalResult.Cancelled)]
    public string[]? Result { get; set; }

    /// <summary>Only what was done at this time or later.</summary>
    [Parameter]
    public DateTimeOffset? After { get; set; }

    /// <summary>Only what was done before this time.</summary>
    [Parameter]
    public DateTimeOffset? Before { get; set; }

    /// <summary>Only what was done to things of this kind.</summary>
    [Parameter]
    public string[]? EntityType { get; set; }

    /// <summary>Only what was done to these things; patterns allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? EntityId { get; set; }

    /// <summary>Only what these did; patterns allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? Actor { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Oldest entry first.</summary>
    [Parameter]
    public SwitchParameter Oldest { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var filter = new AuditFilter(Operation, Result, EntityType, EntityId, Actor, After, Before);
        var path = LocateRepository();
        Run(worker =>
        {
            var entries = FolderRepository.Open(path, create: false).Journal.Read().Where(filter.Matches);
            foreach (var entry in (Oldest ? entries : entries.Reverse()).Take(First))
                worker.Output(entry);
            return Task.CompletedTask;
        });
    }
}
