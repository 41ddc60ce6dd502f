using System.Globalization;

namespace Grap.Tests.Torture.Processes;

/// <summary>Keeps one child started ahead: starting one takes longer than what most of them live to do.</summary>
/// <param name="site">Where they work.</param>
/// <param name="name">What their notes are called.</param>
/// <param name="speed">How fast their clocks run.</param>
/// <param name="elsewhere">Whether they take themselves for processes of another machine.</param>
/// <param name="connects">Whether they connect to the server, which takes them longest.</param>
internal sealed class SpareChild(
    Site site, string name, int speed = 1, bool elsewhere = false, bool connects = true) : IAsyncDisposable
{
    private int _started;
    private Child? _spare;

    /// <summary>A child that is ready.</summary>
    public async Task<Child> TakeAsync(CancellationToken cancellation)
    {
        var child = _spare ?? Start();
        _spare = Start();
        try
        {
            if (await child.HearAsync(cancellation) is not [ChildWord.Ready])
                throw new Violation("A process ended before it was ready; what it wrote to standard error says why.");
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_spare is not null)
            await _spare.DisposeAsync();
    }

    private Child Start()
    {
        var note = Path.Combine(site.Notes, string.Create(CultureInfo.InvariantCulture, $"{name}-{++_started}"));
        return Child.Start(new ChildArguments(site.Folder, note, connects ? site.Server : "", speed, elsewhere,
            site.Copies ? site.DataFolder! : ""));
    }
}
