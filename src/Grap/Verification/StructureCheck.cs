using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;

namespace Grap.Verification;

/// <summary>
/// The archive's content is a graph, or the files of one: every block decodes, ids are unique, every relationship's endpoints are there, and
/// counts and fingerprint are those of the manifest. Memory: 8 to 10 bytes a node, and a block per core.
/// </summary>
internal static class StructureCheck
{
    /// <summary>Returns what does not hold; empty for a sound graph.</summary>
    public static IReadOnlyList<string> Run(ArchiveReader archive, VerificationRun run)
    {
        var manifest = archive.Manifest;
        if (manifest.Method != BackupMethod.Bolt)
            return PhysicalCheck.Run(archive, run);
        var problems = new List<string>();
        var digest = new GraphDigest();
        var total = archive.Blocks.Sum(static b => (long)b.RawLength);
        var done = 0L;
        try
        {
            ForEach(BlockKind.Nodes, digest.AddNodes);
            digest.CompleteNodes();
            ForEach(BlockKind.Relationships, digest.AddRelationships);
            Compare(manifest, digest, problems);
        }
        catch (BoltException failure)
        {
            problems.Add($"A block holds bytes that are no PackStream: {failure.Message}");
        }
        catch (GrapException failure) when (failure.Condition == GrapCondition.GraphInconsistent)
        {
            problems.Add(failure.Message);
        }
        return problems;

        void ForEach(BlockKind kind, AddBlock add)
        {
            archive.ReadBlocks(archive.Blocks.Where(block => block.Key.Kind == kind), (block, content, layout) =>
            {
                var count = add(block.Key, content.Written, layout);
                Elements.Expect(count == block.Count,
                    $"the block of {kind} at {block.Key.FirstId} says {block.Count} elements and holds {count}");
                run.Read("Structure", block.StoredLength, Interlocked.Add(ref done, block.RawLength), total);
            }, run.Cancellation);
        }
    }

    private delegate int AddBlock(BlockKey key, ReadOnlySpan<byte> content, ContentLayout? layout);

    private static void Compare(BackupManifest manifest, GraphDigest digest, List<string> problems)
    {
        problems.AddRange(digest.FindGaps("backup"));
        var differences = new FirstProblems("counts differ");
        var counts = digest.CompleteCounts();
        Check("nodes", manifest.Counts.Nodes, counts.Nodes);
        Check("relationships", manifest.Counts.Relationships, counts.Relationships);
        CheckEach("nodes labelled", manifest.Counts.NodesByLabel, counts.NodesByLabel);
        CheckEach("relationships of type", manifest.Counts.RelationshipsByType, counts.RelationshipsByType);
        problems.AddRange(differences.ToList());
        if (digest.Fingerprint != manifest.Fingerprint)
            problems.Add(
                $"The manifest's fingerprint is {manifest.Fingerprint}; the content's is {digest.Fingerprint}.");

        void CheckEach(string what, IReadOnlyDictionary<string, long> said, IReadOnlyDictionary<string, long> found)
        {
            foreach (var name in said.Keys.Union(found.Keys, StringComparer.Ordinal))
                Check($"{what} {name}", said.GetValueOrDefault(name), found.GetValueOrDefault(name));
        }

        void Check(string what, long said, long found)
        {
            if (said != found)
                differences.Add($"The manifest says {said} {what}; the archive holds {found}.");
        }
    }
}
