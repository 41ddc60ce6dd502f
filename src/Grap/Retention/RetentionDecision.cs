using Grap.Backups;

namespace Grap.Retention;

/// <summary>What is to be done with a backup.</summary>
public enum RetentionAction
{
    /// <summary>It stays.</summary>
    Keep,
    /// <summary>It goes to the trash, where it can be brought back from until its grace period ends.</summary>
    Remove,
    /// <summary>It is in the trash, its grace period has ended, and it is deleted for good.</summary>
    Purge,
}

/// <summary>Why a backup stays.</summary>
public enum KeepReason
{
    /// <summary>Somebody pinned it.</summary>
    Pinned,
    /// <summary>A recovery stands on it.</summary>
    Recovery,
    /// <summary>It is the newest good one of its database.</summary>
    Newest,
    /// <summary>It is the newest one that was proven to the level that it was.</summary>
    LastProven,
    /// <summary>It is younger than the days to keep.</summary>
    Days,
    /// <summary>It is one of the newest that are kept by number.</summary>
    Last,
    /// <summary>It is the newest of its day.</summary>
    Daily,
    /// <summary>It is the newest of its week.</summary>
    Weekly,
    /// <summary>It is the newest of its month.</summary>
    Monthly,
    /// <summary>It is the newest of its year.</summary>
    Yearly,
    /// <summary>Without it there would be fewer good backups than the floor.</summary>
    Floor,
    /// <summary>A newer version of Grap wrote it, so it cannot be judged.</summary>
    NotUnderstood,
    /// <summary>No rule is given.</summary>
    NoRules,
    /// <summary>Nothing of its database is removed at present.</summary>
    Halted,
    /// <summary>It is in the trash, and its grace period has not ended.</summary>
    Grace,
    /// <summary>It is in the trash, and no newer backup was taken since it came there.</summary>
    NothingNewer,
    /// <summary>It is in the trash, and outside of it no good backup is proven as well.</summary>
    StrongestProof,
}

/// <summary>What a plan says of one backup.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Action">What is to be done with it.</param>
/// <param name="Keeps">Everything that keeps it; empty where it goes.</param>
/// <param name="Reason">The same as a sentence.</param>
public sealed record RetentionDecision(
    Backup Backup, RetentionAction Action, IReadOnlyList<KeepReason> Keeps, string Reason)
{
    /// <summary>The backup's id.</summary>
    public string Id => Backup.Id;

    /// <summary>Its repository's address.</summary>
    public string Repository => Backup.Repository;

    /// <summary>Whether it was carried out. Never under <c>-WhatIf</c>, and always false for what stays.</summary>
    public bool Done { get; init; }
}
