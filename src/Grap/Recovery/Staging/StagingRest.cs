using Grap.Backups;
using Grap.Recovery.States;
using Grap.Servers.Installations;

namespace Grap.Recovery.Staging;

/// <summary>What an interrupted recovery left that need not be done again.</summary>
/// <param name="Note">How far it is.</param>
/// <param name="Ids">Of a logical backup, which node each node became.</param>
internal sealed record StagingRest(StagingNote Note, NodeIds? Ids)
{
    /// <summary>Whether there may be something, of whatever backup.</summary>
    public static bool IsThere(RecoveryRecord record) => NoteOf(record) is not null;

    /// <summary>Finds it; null where the recovery must begin anew.</summary>
    /// <param name="record">The interrupted recovery.</param>
    /// <param name="backup">What is to be recovered now.</param>
    /// <param name="part">What of it.</param>
    /// <param name="installation">The Neo4j that it is recovered with.</param>
    public static StagingRest? Find(
        RecoveryRecord record, Backup backup, RecoveredPart? part, Neo4jInstallation installation)
    {
        if (NoteOf(record) is not { } note || !note.IsOf(backup, part, installation))
            return null;
        if (backup.Method != BackupMethod.Bolt)
            return new StagingRest(note, null);
        return note.ReadNodeIds(record.StagingFolder!) is { } ids ? new StagingRest(note, ids) : null;
    }

    private static StagingNote? NoteOf(RecoveryRecord record) =>
        record.UnderWay && StagingFolder.IsOfThisMachine(record.StagingHost)
            ? StagingNote.Find(record.StagingFolder)
            : null;
}
