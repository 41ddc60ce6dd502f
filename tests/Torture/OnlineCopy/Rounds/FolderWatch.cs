using Grap.Backups;
using Grap.OnlineCopy;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>What a server did to its transaction folder within a time.</summary>
/// <param name="Checkpoints">Checkpoints that were completed.</param>
/// <param name="Rotations">Logs that were begun.</param>
/// <param name="Pruned">Logs that were deleted.</param>
internal readonly record struct FolderEvents(int Checkpoints, long Rotations, long Pruned);

/// <summary>Watches a transaction folder from outside, to know whether what a round is for fell into its
/// copy.</summary>
internal sealed class FolderWatch
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(50);
    private readonly DatabaseFiles _files;
    private readonly Task _looking;
    private readonly NumberedFile[] _first;
    private NumberedFile[] _last;
    private CheckpointPlace? _place;
    private int _checkpoints;
    private volatile bool _ended;

    private FolderWatch(DatabaseFiles files)
    {
        _files = files;
        _first = _last = [.. files.Logs()];
        _place = Checkpoint.FindNewest(files).Place;
        _looking = Task.Run(LookAsync);
    }

    /// <summary>Begins to watch.</summary>
    public static FolderWatch Start(DatabaseFiles files) => new(files);

    /// <summary>Ends it, and tells what was seen.</summary>
    public async Task<FolderEvents> EndAsync()
    {
        _ended = true;
        await _looking;
        Look();
        return new FolderEvents(
            _checkpoints, _last[^1].Version - _first[^1].Version, _last[0].Version - _first[0].Version);
    }

    private async Task LookAsync()
    {
        while (!_ended)
        {
            Look();
            await Task.Delay(s_lookEvery);
        }
    }

    private void Look()
    {
        if (_files.Logs() is { Count: > 0 } logs)
            _last = [.. logs];
        var place = Checkpoint.FindNewest(_files).Place;
        if (place == _place)
            return;
        _place = place;
        _checkpoints++;
    }
}
