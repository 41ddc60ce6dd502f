namespace Grap.Servers.Installations;

/// <summary>Finds in a server's log what a person needs to see when it did not start.</summary>
internal static class ServerLog
{
    private const int MostLines = 12;
    private const int LongestLine = 400;
    private static readonly string[] s_signs =
        ["ERROR", "Caused by", "Exception", "Unrecognized", "Invalid", "Failed", "Could not", "Unable to"];

    /// <summary>Whether the server stopped since its port belongs to another process.</summary>
    public static bool SaysPortTaken(IReadOnlyCollection<string> lines) => lines.Any(line =>
        line.Contains("Address already in use", StringComparison.Ordinal) // Unix
        || line.Contains("Only one usage of each socket address", StringComparison.Ordinal) // Windows, in English
        || line.Contains("PortBindException", StringComparison.Ordinal)
        || line.Contains("java.net.BindException", StringComparison.Ordinal));

    /// <summary>The relevant lines, on a new line each; empty if there are none at all.</summary>
    public static string Explain(IReadOnlyCollection<string> lines, string logFolder)
    {
        var log = Path.Combine(logFolder, "neo4j.log");
        var source = lines.Count > 0 || !File.Exists(log) ? lines : File.ReadAllLines(log);
        var relevant = Relevant(source);
        return relevant.Count == 0 ? "" : " Its log says:\n  " + string.Join("\n  ", relevant);
    }

    /// <summary>Lines that name a problem, each once; the last lines where none does. Frames of a stack say nothing
    /// to an operator.</summary>
    public static IReadOnlyList<string> Relevant(IReadOnlyCollection<string> lines)
    {
        var told = lines.Where(line => !line.TrimStart().StartsWith("at ", StringComparison.Ordinal)).ToList();
        var telling = told
            .Where(line => s_signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)))
            .Distinct().ToList();
        return (telling.Count > 0 ? telling.Take(MostLines) : told.TakeLast(MostLines))
            .Select(line => line.Length > LongestLine ? line[..LongestLine] + "…" : line)
            .ToList();
    }
}
