using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Grap.Audit;
using Grap.Bolt;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Queries;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Runs Cypher and returns its rows as they come.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GrapQuery", SupportsShouldProcess = true, DefaultParameterSetName = ByAddress)]
[OutputType(typeof(PSObject))]
public sealed class InvokeGrapQueryCommand : SessionCommand
{
    private bool _warned;
    private (Session Session, string Repository)? _unshown;

    /// <summary>The query.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>The query's parameters.</summary>
    [Parameter(Position = 1)]
    public IDictionary? Parameter { get; set; }

    /// <summary>Has the server refuse every change.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>The repository whose journal is to know what the query changed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var query = Prepare();
        var target = Target();
        // The text is not repeated: it may hold a password (ALTER USER … SET PASSWORD).
        if (!ReadOnly && !ShouldProcess(target.ToString(), "Run a query that may change it"))
            return;
        var moreMayFollow = MyInvocation.ExpectingInput;
        var journal = ReadOnly ? null : LocateJournal();
        var projects = LoadSettings().Projection;
        Run(async worker =>
        {
            var session = await OpenAsync(target, worker.Cancellation).ConfigureAwait(false);
            var trail = journal is null ? null : new AuditTrail(journal, projects, worker.Warning);
            try
            {
                await RunAsync(worker, session, trail, query with { Database = session.Database })
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (moreMayFollow && e is GrapException or BoltException)
            {
                worker.Error(ErrorRecords.From(e, session.Uri));
            }
            catch (BoltException e)
            {
                throw ServerFailure.From(e, session.Uri);
            }
            finally
            {
                // Of many queries all are shown at once, in the end.
                if (trail is { HasRecorded: true } && !moreMayFollow)
                    await trail.ProjectAsync(session, worker.Cancellation).ConfigureAwait(false);
                else if (trail is { HasRecorded: true })
                    _unshown = (session, journal!);
            }
        });
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (_unshown is var (session, journal))
        {
            var projects = LoadSettings().Projection;
            Run(worker => new AuditTrail(journal, projects, worker.Warning)
                .ProjectAsync(session, worker.Cancellation));
        }
        base.End();
    }

    /// <summary>The repository that keeps the journal. One that somebody set and that is not there is worth a warning:
    /// who relies on the audit log must know that it has a gap.</summary>
    private string LocateJournal()
    {
        var settings = LoadSettings((SettingName.Repository, Repository));
        var path = RepositoryLocation.Resolve(SessionState, settings.Repository);
        var isSet = settings.List().Single(setting => setting.Name == SettingName.Repository).Origin
            != SettingOrigin.Default;
        if (isSet && !_warned && FolderRepository.TryOpen(path) is null)
        {
            _warned = true;
            WriteWarning($"There is no repository at {path}, so the audit log does not have what this query changes.");
        }
        return path;
    }

    private BoltQuery Prepare()
    {
        try
        {
            return BoltQuery.Create(Query, QueryParameters.Unwrap(Parameter)) with
            {
                Mode = ReadOnly ? BoltAccessMode.Read : BoltAccessMode.Write,
            };
        }
        catch (ArgumentException e)
        {
            throw QueryParameters.Invalid($"has no form in Neo4j: {e.Message}");
        }
    }

    private static async Task RunAsync(PipelineWorker worker, Session session, AuditTrail? trail, BoltQuery query)
    {
        var operation = QueryAudit.Operation(query.Text, session.Database, session.Uri);
        var summary = trail is null
            ? await StreamAsync(worker, session, query).ConfigureAwait(false)
            : await trail.RunAsync(operation, () => StreamAsync(worker, session, query)).ConfigureAwait(false);
        if (QueryAudit.Writes(summary))
            trail?.Record(QueryAudit.WithCounters(operation, summary));
        if (Describe(summary) is { Length: > 0 } changes)
            worker.Verbose(changes);
    }

    private static async Task<BoltSummary> StreamAsync(PipelineWorker worker, Session session, BoltQuery query)
    {
        var connection = await session.ConnectAsync(query.Mode, worker.Cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var cursor = await connection.RunAsync(query, worker.Cancellation).ConfigureAwait(false);
        await using var __ = cursor.ConfigureAwait(false);
        var rows = new QueryRows(cursor.Fields);
        while (await cursor.ReadAsync(worker.Cancellation).ConfigureAwait(false))
            worker.Output(rows.Row(cursor.Values));
        return cursor.Summary!;
    }

    /// <summary>What the query changed: <c>nodes-created: 3, properties-set: 6</c>.</summary>
    private static string Describe(BoltSummary summary) => string.Join(", ", QueryAudit.Counters(summary)
        .Select(counter => string.Create(CultureInfo.InvariantCulture, $"{counter.Name}: {counter.Count}")));
}
