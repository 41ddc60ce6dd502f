using System.Text;
using Grap.Configuration;
using Grap.Repositories;

namespace Grap.Jobs;

/// <summary>Where the lines of a job's log go: to whoever started it, and to <c>job.log</c> in the repository as soon
/// as that is open. The file is put aside as <c>job.1.log</c> when it has become too long, and so on to
/// <c>job.4.log</c>.</summary>
/// <param name="write">Takes each line.</param>
/// <param name="level">Lines below it are left out.</param>
/// <param name="format">How they are written.</param>
/// <param name="maxBytes">How long the file becomes.</param>
public sealed class JobLog(Action<string> write, LogLevel level, JobLogFormat format, int maxBytes = 1 << 20)
{
    private const int Kept = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private RepositoryPlace? _place;

    /// <summary>What the file does not have; null where it has everything.</summary>
    public GrapException? Failure { get; private set; }

    /// <summary>Writes a line where its level is wanted.</summary>
    public void Write(JobLogLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Level < level)
            return;
        var text = line.Format(format);
        write(text);
        try
        {
            if (_place is { } place)
                Append(place, Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (GrapException failure)
        {
            // Once is enough: the disk that takes no line takes no other.
            (_place, Failure) = (null, failure);
            Write(line with
            {
                Level = LogLevel.Warn, Result = null, Duration = null, ExitCode = null,
                Message = $"The log in the repository goes no further: {failure.Message}",
            });
        }
    }

    /// <summary>Lines go to the repository's file too, from now on.</summary>
    internal void Keep(RepositoryPlace place) => (_place, Failure) = (place, null);

    // A run that is refused writes while another one works.
    private void Append(RepositoryPlace place, byte[] line)
    {
        using var held = LockFile.Acquire(
            place, RepositoryLayout.JobLogLock, "log", s_patience, heartbeat: false, CancellationToken.None);
        var path = place.PathOf(RepositoryLayout.JobLog);
        using (var file = place.Files.OpenAppend(path))
        {
            if (file is not null && file.Length + line.Length <= maxBytes)
            {
                file.Append(line);
                return;
            }
        }
        if (place.Files.FileExists(path))
            PutAside(place, path);
        using var fresh = place.Files.CreateNew(path) ?? throw RepositoryPlace.Taken(path);
        fresh.Append(line);
    }

    private static void PutAside(RepositoryPlace place, string path)
    {
        for (var number = Kept - 1; number > 0; number--)
        {
            var older = place.PathOf(RepositoryLayout.OldJobLog(number));
            if (place.Files.FileExists(older))
                place.Files.Rename(older, place.PathOf(RepositoryLayout.OldJobLog(number + 1)));
        }
        place.Files.Rename(path, place.PathOf(RepositoryLayout.OldJobLog(1)));
    }
}
