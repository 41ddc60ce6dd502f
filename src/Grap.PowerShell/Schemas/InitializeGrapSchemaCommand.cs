using System.Management.Automation;
using Grap.Audit;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.PowerShell.Schemas;
using Grap.PowerShell.Sessions;
using Grap.Schemas;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Creates Grap's own constraint and the declared schema, as far as they are missing.</summary>
[Cmdlet(VerbsData.Initialize, "GrapSchema", SupportsShouldProcess = true, DefaultParameterSetName = ByAddress)]
[OutputType(typeof(SchemaItem))]
public sealed class InitializeGrapSchemaCommand : SessionCommand
{
    /// <summary>The session to the database.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySession, ValueFromPipeline = true)]
    [SessionArgument]
    public override Session? Session { get; set; }

    /// <summary>The file that declares the schema.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? SchemaPath { get; set; }

    /// <summary>The repository whose journal is to know what was created.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryCompleter))]
    public string? Repository { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings((SettingName.Repository, Repository));
        var path = RepositoryLocation.Resolve(SessionState, settings.Repository);
        var schema = SchemaFile.Load(SessionState, SchemaPath, settings);
        var target = Target();
        var projects = settings.Projection;
        Run(async worker =>
        {
            var session = await OpenAsync(target, worker.Cancellation).ConfigureAwait(false);
            var trail = new AuditTrail(path, projects, worker.Warning);
            var initializer = new SchemaInitializer(session);
            var operation = AuditedOperation.InitializeSchema(session.Database);
            worker.Verbose($"Schema initialization of {target}");
            var plan = await trail.RunAsync(
                operation, () => initializer.PlanAsync(schema, projects, worker.Cancellation)).ConfigureAwait(false);
            var created = await CreateAsync(worker, initializer, trail, operation, plan, target).ConfigureAwait(false);
            if (created.Count > 0)
            {
                trail.Record(operation with
                {
                    Details = new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["created"] = string.Join(", ", created),
                    },
                });
                await trail.ProjectAsync(session, worker.Cancellation).ConfigureAwait(false);
            }
            worker.Verbose($"Schema initialization done: {created.Count} of {plan.Count} created");
        });
    }

    private static async Task<List<string>> CreateAsync(
        PipelineWorker worker, SchemaInitializer initializer, AuditTrail trail, AuditedOperation operation,
        IReadOnlyList<SchemaStepPlan> plan, SessionTarget target)
    {
        var created = new List<string>();
        foreach (var step in plan)
        {
            var item = step.Item;
            if (item.Outcome == SchemaOutcome.Missing)
            {
                var action = $"Create {item.Kind.ToLowerInvariant()} {item.Name}";
                if (!await worker.ShouldProcessAsync(target.ToString(), action).ConfigureAwait(false))
                    continue;
                try
                {
                    item = await trail.RunAsync(operation, () => CreateAsync(initializer, step, worker.Cancellation))
                        .ConfigureAwait(false);
                }
                catch (GrapException refused) when (refused.Condition == GrapCondition.SchemaNotCreated)
                {
                    // Recorded as a failure; the next may be created all the same.
                    worker.Error(ErrorRecords.From(refused));
                    continue;
                }
            }
            if (item.Outcome == SchemaOutcome.Created)
            {
                created.Add(item.Name);
                worker.Output(item);
            }
            else if (item.Outcome == SchemaOutcome.Present)
                worker.Verbose($"{item.Kind} {item.Name} is there already");
            else
                worker.Error(ErrorRecords.From(NotCreated(item)));
        }
        return created;
    }

    private static async Task<SchemaItem> CreateAsync(
        SchemaInitializer initializer, SchemaStepPlan step, CancellationToken cancellation)
    {
        var item = await initializer.CreateAsync(step, cancellation).ConfigureAwait(false);
        return item.Outcome == SchemaOutcome.Refused ? throw NotCreated(item) : item;
    }

    private static GrapException NotCreated(SchemaItem item) => new(GrapCondition.SchemaNotCreated,
        $"{item.Kind} '{item.Name}' was not created ({item.Outcome}): {item.Problem}",
        item.Outcome == SchemaOutcome.Conflict
            ? "Drop what has the name, or declare what is there."
            : "Correct the data or the declaration, and run the command again: what was created stays.",
        item.Name);
}
