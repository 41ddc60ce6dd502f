namespace Grap.OnlineCopy;

/// <summary>Reads the few settings of a <c>neo4j.conf</c> that say where the files are.</summary>
internal static class ConfigurationFile
{
    public const string Name = "neo4j.conf";

    /// <summary>The settings by name. A value that is a command for the server to run is left out.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || line[0] is '#' or '!')
                continue;
            var value = line[(equals + 1)..].Trim();
            if (value.Length > 0 && !value.StartsWith("$(", StringComparison.Ordinal))
                settings[line[..equals].Trim()] = value.Replace(@"\\", @"\", StringComparison.Ordinal);
        }
        return settings;
    }
}
