using Grap.Backups;

namespace Grap.OnlineCopy;

/// <summary>
/// Copies the record stores, in whatever state each page is in: what is torn or old is written again from the log when
/// the copy recovers. Left out are the trees, which the log does not cover and the server makes again
/// (docs/online-copy.md).
/// </summary>
internal static class StoreCopy
{
    private static readonly string[] s_required = [StoreId.FileName, "neostore.nodestore.db"];

    /// <summary>Copies them all.</summary>
    /// <returns>The names of files in the folder that are not copied because no server makes them.</returns>
    public static async Task<IReadOnlyList<string>> CopyAsync(
        DatabaseFiles files, PieceWriter writer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(writer);
        var (stores, foreign) = files.Stores();
        foreach (var name in s_required.Where(name => stores.All(store => store.Name != name)))
            throw CopyFault.Unavailable(files.StoreFolder, $"Folder '{files.StoreFolder}' holds no file {name}.");
        var opened = new List<SourceFile>();
        try
        {
            // All are opened before the first is read: what is open cannot vanish any more.
            foreach (var store in stores)
                opened.Add(Open(files, store.Name));
            // The others have no bytes as long as they hold nothing.
            if (opened.Single(static file => file.File.Name == StoreId.FileName).File.Length == 0)
            {
                throw CopyFault.Unavailable(
                    files.StoreFolder, $"File '{Path.Combine(files.StoreFolder, StoreId.FileName)}' is empty.");
            }
            await writer.CopyAsync(opened, cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var file in opened)
                file.Content.Dispose();
        }
        var made = files.Stores().Stores.Select(static store => store.Name)
            .Except(stores.Select(static store => store.Name), StringComparer.Ordinal).FirstOrDefault();
        return made is null ? foreign : throw Changed(files, made, "was made");
    }

    private static SourceFile Open(DatabaseFiles files, string name)
    {
        var content = files.OpenStore(name) ?? throw Changed(files, name, "vanished");
        try
        {
            return new SourceFile(new PhysicalFile(name, PhysicalFileKind.Store, content.Length), content);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static GrapException Changed(DatabaseFiles files, string name, string what) => CopyFault.Failed(
        Path.Combine(files.StoreFolder, name),
        $"File '{Path.Combine(files.StoreFolder, name)}' {what} while the database was copied.");
}
