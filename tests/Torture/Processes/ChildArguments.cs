using System.Globalization;

namespace Grap.Tests.Torture.Processes;

/// <summary>What a child process is told when it starts.</summary>
/// <param name="Repository">The repository's folder.</param>
/// <param name="Note">The file for its steps.</param>
/// <param name="Server">The server's address; empty for one that takes no backups.</param>
/// <param name="Speed">How fast its clock runs.</param>
/// <param name="Elsewhere">Whether it takes itself for a process of another machine.</param>
/// <param name="Data">The server's data folder, which its backups are copies of; empty for backups over Bolt.</param>
internal sealed record ChildArguments(
    string Repository, string Note, string Server, int Speed = 1, bool Elsewhere = false, string Data = "")
{
    public const string Word = "child";

    public static ChildArguments Parse(string[] words) => new(
        words[1], words[2], words[3], int.Parse(words[4], CultureInfo.InvariantCulture), bool.Parse(words[5]),
        words[6]);

    public IEnumerable<string> ToWords() =>
        [Word, Repository, Note, Server, Speed.ToString(CultureInfo.InvariantCulture), Elsewhere.ToString(), Data];
}
