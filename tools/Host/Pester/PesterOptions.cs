namespace Grap.Host.Pester;

/// <summary>What to run and where to tell of it.</summary>
/// <param name="Paths">Test files, or folders that hold <c>*.Tests.ps1</c> at any depth.</param>
/// <param name="ResultFile">Where the counts go as JSON, or nowhere.</param>
/// <param name="Filter">Text or wildcard that a test's full name must contain, or none.</param>
/// <param name="Module">A module to import before the first file, or none.</param>
internal sealed record PesterOptions(
    IReadOnlyList<string> Paths, string? ResultFile, string? Filter, string? Module)
{
    public static PesterOptions Parse(IReadOnlyList<string> words)
    {
        var paths = new List<string>();
        var options = new PesterOptions(paths, ResultFile: null, Filter: null, Module: null);
        for (var i = 0; i < words.Count; i++)
        {
            string Value() =>
                ++i < words.Count ? words[i] : throw new UsageException($"{words[i - 1]} needs a value.");
            switch (words[i])
            {
                case "--result": options = options with { ResultFile = Value() }; break;
                case "--filter": options = options with { Filter = Value() }; break;
                case "--module": options = options with { Module = Value() }; break;
                case ['-', ..]: throw new UsageException($"--pester has no option {words[i]}.");
                default: paths.Add(words[i]); break;
            }
        }

        return paths.Count > 0 ? options : throw new UsageException("--pester needs a file or a folder.");
    }

    /// <summary>The test files, in order of their paths.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. Paths.SelectMany(FilesAt).Select(Path.GetFullPath)
            .Distinct(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> FilesAt(string path)
    {
        if (File.Exists(path))
            return [path];
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*.Tests.ps1", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : throw new UsageException($"There is no file or folder {path}.");
    }
}
