namespace Grap.Recovery.Promotion.Swap;

/// <summary>The few things that are done to the folders of a server's database. Failures are
/// <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>, as .NET throws them.</summary>
internal interface IDataFolders
{
    /// <summary>Whether there is a folder of this name.</summary>
    bool Exists(string folder);

    /// <summary>Gives a folder another name beside it, which must be free, in one step.</summary>
    void Rename(string from, string to);

    /// <summary>Returns when the names in the folder are on the disk.</summary>
    void SyncNames(string folder);

    /// <summary>Makes an empty folder with the owner and mode of the one above it.</summary>
    void Create(string folder);

    /// <summary>Copies a folder with all that is in it, for the owner and with the mode of <paramref name="like"/>; all
    /// of it is on the disk when this returns.</summary>
    /// <param name="from">What is copied.</param>
    /// <param name="to">The copy; there must be none.</param>
    /// <param name="like">The folder that it is to be like.</param>
    /// <param name="copied">Told how many bytes were copied, file by file.</param>
    /// <param name="cancellation">Stops between two files.</param>
    void Copy(string from, string to, string like, Action<long> copied, CancellationToken cancellation);

    /// <summary>Removes a folder with all that is in it; none is no failure.</summary>
    void Delete(string folder);
}
