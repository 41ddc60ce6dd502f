using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Servers.Installations;

namespace Grap.Recovery.Preflight;

/// <summary>What staging takes of disk and memory, as far as a manifest tells.</summary>
/// <param name="LeastBytes">Bytes on the disk without which it is certain to fail.</param>
/// <param name="Bytes">Bytes that it is likely to take.</param>
/// <param name="MemoryBytes">Memory of the scratch server and of Grap.</param>
internal sealed record StagingNeeds(long LeastBytes, long Bytes, long MemoryBytes)
{
    // A server without a graph: its system database, its logs.
    private const long EmptyServer = 64L << 20;

    // Neo4j's record formats (neo4j.com/developer/kb/understanding-data-on-disk). Ids begin at 0, so that there are no
    // gaps. Enterprise may keep relationships inside the blocks of their nodes.
    private const int NodeRecord = 15;
    private const int RelationshipRecord = 34;

    // Property records, and the logs of what was written (docs/recovery.md).
    private const double LogicalGrowth = 4;

    // Indexes are no part of a copy, and are built anew.
    private const double IndexGrowth = 1.5;

    // A dump is compressed, and nothing tells how far.
    private const double DumpGrowth = 5;

    // 1 PiB. What claims to be larger needs no larger server.
    private const double LargestStore = 1L << 50;

    // What a JVM takes beside its heap and its page cache.
    private const long BesideHeap = 256L << 20;

    // The table of ids (GraphRestorer) and the comparison (RestoredComparison).
    private const int GrapBytesPerNode = 30;

    /// <summary>Estimates them.</summary>
    /// <param name="manifest">The backup.</param>
    /// <param name="edition">The edition of staging's Neo4j; null where there is none.</param>
    /// <param name="part">What of the backup is restored; null for all of it. A part may take next to nothing, and at
    /// most what all of it takes, which is the estimate: how much, nobody knows before.</param>
    public static StagingNeeds Of(BackupManifest manifest, Neo4jEdition? edition, RecoveredPart? part)
    {
        // What a manifest says may be anything: sums of it are no integers, which could overflow.
        var stored = (manifest.Physical?.Files ?? []).Sum(static file => (double)file.Length);
        var (nodes, relationships) = ((double)manifest.Counts.Nodes, (double)manifest.Counts.Relationships);
        var records = nodes * NodeRecord;
        if (edition == Neo4jEdition.Community)
            records += relationships * RelationshipRecord;
        var (least, likely) = manifest.Method switch
        {
            BackupMethod.Bolt => (part is null ? records : 0, records + (LogicalGrowth * manifest.RawBytes)),
            BackupMethod.HotCopy => (stored, IndexGrowth * stored),
            _ => (stored, (1 + DumpGrowth) * stored),
        };
        var scratch = new ScratchOptions();
        var server = manifest.Method == BackupMethod.Bolt
            ? RestoredGraph.ServerOptions(scratch, manifest.Source.Database)
            : RecoveredDatabase.ServerOptions(manifest.Source.Database, (long)Math.Min(stored, LargestStore), scratch);
        var memory = ((double)(server.HeapMegabytes + server.PageCacheMegabytes) * (1 << 20)) + BesideHeap
            + (nodes * GrapBytesPerNode);
        return new StagingNeeds((long)least, (long)(EmptyServer + likely), (long)memory);
    }
}
