using Grap.Archives;

namespace Grap.Comparison;

/// <summary>What became of something from the reference to the difference side.</summary>
public enum ChangeKind
{
    /// <summary>Only the difference side has it.</summary>
    Added,
    /// <summary>Only the reference has it.</summary>
    Removed,
    /// <summary>Both have it, and it is not the same.</summary>
    Changed,
}

/// <summary>One element that differs, as both sides hold it.</summary>
/// <param name="Kind">Node or relationship.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Id">Its id, the same on both sides.</param>
/// <param name="Reference">Its bytes in the reference; empty for what was added.</param>
/// <param name="Difference">Its bytes on the other side; empty for what was removed.</param>
public readonly record struct ElementChange(
    BlockKind Kind, ChangeKind Change, long Id, ReadOnlyMemory<byte> Reference, ReadOnlyMemory<byte> Difference);

/// <summary>Takes one change; its bytes are valid until the call has returned. One call at a time; all nodes come before
/// the first relationship, and ids rise within a range of 65,536.</summary>
public delegate ValueTask ElementChanged(ElementChange change);
