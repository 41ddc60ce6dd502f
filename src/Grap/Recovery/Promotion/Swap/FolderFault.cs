using Grap.Repositories;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Says what a failure with a server's folders means.</summary>
internal static class FolderFault
{
    /// <summary>The exception that users see.</summary>
    public static GrapException From(Exception failure)
    {
        if (StorageFault.IsFull(failure))
            return Full($"The disk with the server's data folder became full: {failure.Message}", failure);
        return failure is UnauthorizedAccessException
            ? new GrapException(GrapCondition.DataFolderUnavailable,
                $"The server's folders cannot be changed: {failure.Message}",
                "Run Grap as the user that the server's files belong to, or as root.", null, failure)
            : new GrapException(GrapCondition.PromotionFailed, $"The server's folders: {failure.Message}",
                "Look at the disk and at the folders that the message names.", null, failure);
    }

    /// <summary>There is no room.</summary>
    public static GrapException Full(string what, Exception? inner = null) => new(
        GrapCondition.DataFolderFull, what,
        "Free space on that disk: for the time of a promotion it holds the old database and the new one.", null, inner);
}
