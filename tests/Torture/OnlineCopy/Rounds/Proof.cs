using System.Diagnostics;
using Grap.Archives;
using Grap.Bolt;
using Grap.OnlineCopy;
using Grap.Servers.Installations;
using Grap.Tests.Torture.OnlineCopy.Inspection;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>What became of a copy.</summary>
/// <param name="Problems">Why it is not good; none where it is.</param>
/// <param name="Late">Transactions in it that were not acknowledged when it began.</param>
/// <param name="Orphans">Indexes without their constraint that were dropped.</param>
/// <param name="Time">How long it took to find out.</param>
internal sealed record ProofResult(IReadOnlyList<string> Problems, long Late, int Orphans, TimeSpan Time)
{
    /// <summary>What a failure on the way says.</summary>
    public static ProofResult Of(Exception failure, TimeSpan time) =>
        new([$"{failure.GetType().Name}: {failure.Message}"], 0, 0, time)
        {
            Impossible = failure is GrapException
            {
                Condition: GrapCondition.ScratchServerUnavailable or GrapCondition.ScratchFull
            },
        };

    /// <summary>Whether the proof itself failed: no scratch server came up in time, or there was no room.</summary>
    public bool Impossible { get; init; }

    /// <summary>How the copy turned out.</summary>
    public Outcome Outcome => Problems.Count == 0 ? Outcome.Good : Impossible ? Outcome.Unproven : Outcome.Bad;
}

/// <summary>Recovers a copy as the level Restore does, and inspects it between recovery and consistency
/// check.</summary>
internal static class Proof
{
    /// <summary>Proves the copy in an archive.</summary>
    public static async Task<ProofResult> RunAsync(
        ArchiveReader archive, Neo4jInstallation installation, Inspector inspector, CopySpan span,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await using var recovered = await RecoveredDatabase.RecoverAsync(
                archive, new ScratchOptions { Home = installation.Home }, step: null, cancellation);
            var problems = new List<string>();
            Findings findings;
            await using (var connection = await recovered.Session.ConnectAsync(BoltAccessMode.Read, cancellation))
                findings = await inspector.InspectAsync(connection, span, cancellation);
            problems.AddRange(findings.Problems);
            problems.AddRange(recovered.FailedIndexes.Select(static index => $"Index {index.Key}: {index.Value}"));
            if (archive.Manifest.Transactions?.Last is { } last && recovered.LastTransaction != last)
            {
                problems.Add(
                    $"The backup says that its last transaction is {last}, and it is {recovered.LastTransaction}.");
            }
            await recovered.StopAsync(cancellation);
            var report = await recovered.CheckAsync(cancellation);
            if (!report.Consistent)
                problems.Add($"Consistency check: {report.Summary} {report.Details}");
            return new ProofResult(problems, findings.Late, recovered.DroppedIndexes.Count, clock.Elapsed);
        }
        catch (Exception failure) when (failure is GrapException or BoltException)
        {
            return ProofResult.Of(failure, clock.Elapsed);
        }
    }
}
