namespace Grap.Tests.Torture.Processes;

/// <summary>What a process does next that may do anything.</summary>
/// <param name="random">Decides.</param>
/// <param name="takes">Whether it mostly takes backups; otherwise it takes one only where there is none to move or to
/// remove.</param>
internal sealed class Habits(Random random, bool takes)
{
    private const int MostBackups = 3;

    private static readonly string[] s_taking =
    [
        ChildWord.Take, ChildWord.Take, ChildWord.Take, ChildWord.Take, ChildWord.List, ChildWord.List,
        ChildWord.Remove, ChildWord.Remove, ChildWord.Trash, ChildWord.BringBack,
    ];

    private static readonly string[] s_moving =
    [
        ChildWord.Trash, ChildWord.Trash, ChildWord.Trash, ChildWord.Trash, ChildWord.BringBack, ChildWord.BringBack,
        ChildWord.BringBack, ChildWord.Purge, ChildWord.Purge, ChildWord.Remove,
    ];

    /// <summary>The next operation, which is one that can be done.</summary>
    /// <param name="backups">Backups that may be removed.</param>
    /// <param name="trashed">Backups in the trash.</param>
    public string Next(int backups, int trashed)
    {
        var habits = takes ? s_taking : s_moving;
        return habits[random.Next(habits.Length)] switch
        {
            ChildWord.Take when backups > MostBackups => ChildWord.Trash,
            ChildWord.Trash or ChildWord.Remove when backups == 0 => trashed == 0 ? ChildWord.Take : ChildWord.BringBack,
            ChildWord.BringBack or ChildWord.Purge when trashed == 0 => backups == 0 ? ChildWord.Take : ChildWord.Trash,
            var operation => operation,
        };
    }
}
