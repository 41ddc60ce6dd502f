using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Grap.Bolt;
using Grap.PowerShell.Queries;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;

namespace Grap.PowerShell;

/// <summary>Runs Cypher and returns its rows as they come.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GrapQuery", SupportsShouldProcess = true, DefaultParameterSetName = ByAddress)]
[OutputType(typeof(PSObject))]
public sealed class InvokeGrapQueryCommand : SessionCommand
{
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

    /// <inheritdoc/>
    protected override void Process()
    {
        var query = Prepare();
        var target = Target();
        // The text is not repeated: it may hold a password (ALTER USER … SET PASSWORD).
        if (!ReadOnly && !ShouldProcess(target.ToString(), "Run a query that may change it"))
            return;
        var moreMayFollow = MyInvocation.ExpectingInput;
        Run(async worker =>
        {
            var session = await OpenAsync(target, worker.Cancellation).ConfigureAwait(false);
            try
            {
                await RunAsync(worker, session, query with { Database = session.Database }).ConfigureAwait(false);
            }
            catch (Exception e) when (moreMayFollow && e is GrapException or BoltException)
            {
                worker.Error(ErrorRecords.From(e, session.Uri));
            }
            catch (BoltException e)
            {
                throw Servers.ServerFailure.From(e, session.Uri);
            }
        });
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

    private static async Task RunAsync(PipelineWorker worker, Servers.Session session, BoltQuery query)
    {
        var connection = await session.ConnectAsync(query.Mode, worker.Cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var cursor = await connection.RunAsync(query, worker.Cancellation).ConfigureAwait(false);
        await using var __ = cursor.ConfigureAwait(false);
        var rows = new QueryRows(cursor.Fields);
        while (await cursor.ReadAsync(worker.Cancellation).ConfigureAwait(false))
            worker.Output(rows.Row(cursor.Values));
        if (Describe(cursor.Summary) is { Length: > 0 } changes)
            worker.Verbose(changes);
    }

    /// <summary>What the query changed: <c>nodes-created: 3, properties-set: 6</c>.</summary>
    private static string Describe(BoltSummary? summary) =>
        summary?.Metadata.GetValueOrDefault("stats") is IReadOnlyDictionary<string, object?> stats
            ? string.Join(", ", stats.Where(pair => pair.Value is long)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value}")))
            : "";
}
