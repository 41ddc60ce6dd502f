using Grap.Bolt;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>One transaction of a writer.</summary>
/// <param name="Number">Its number; the first is 1.</param>
/// <param name="Queries">What it tells the server.</param>
/// <param name="Change">What that makes of the writer's state.</param>
internal sealed record Step(long Number, IReadOnlyList<BoltQuery> Queries, Action<WriterState> Change);
