using System.Globalization;

namespace Grap.Servers.Installations;

/// <summary>A Java on this machine.</summary>
/// <param name="Home">Its folder.</param>
/// <param name="Major">Its version: 17, 21, ….</param>
public sealed record JavaRuntime(string Home, int Major)
{
    private static readonly string[] s_windowsVendors =
        ["Java", "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto"];

    /// <summary>The program.</summary>
    public string Executable => Path.Combine(Home, "bin", ProgramName);

    private static string ProgramName => OperatingSystem.IsWindows() ? "java.exe" : "java";

    /// <summary>
    /// A Java that can run the installation: the one that <c>JAVA_HOME</c> names if it is new enough, otherwise the
    /// oldest that is. Oldest, because a Neo4j supports the Java it was built for and few later ones.
    /// </summary>
    /// <param name="installation">What is to run.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: there is none, or only
    /// older ones; the message names those found.</exception>
    public static JavaRuntime For(Neo4jInstallation installation, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(installation);
        ArgumentNullException.ThrowIfNull(environment);
        var named = environment("JAVA_HOME") is { Length: > 0 } home ? At(home) : null;
        if (named is not null && named.Major >= installation.RequiredJava)
            return named;

        var found = Candidates(installation.Home, environment)
            .Select(At).OfType<JavaRuntime>().DistinctBy(java => java.Home).ToList();
        return found.Where(java => java.Major >= installation.RequiredJava).MinBy(java => java.Major)
            ?? throw new GrapException(GrapCondition.ScratchServerUnavailable,
                $"Neo4j {installation.Version} needs Java {installation.RequiredJava} or newer; "
                + Describe(named is null ? found : [named, .. found]),
                $"Install a Java {installation.RequiredJava} runtime, or set JAVA_HOME to one.",
                installation.Home);
    }

    /// <summary>The Java in a folder; null if there is none. Every runtime since Java 8 says its version in a file
    /// named <c>release</c>, so none has to be started to be asked.</summary>
    public static JavaRuntime? At(string home)
    {
        var release = Path.Combine(home, "release");
        if (!File.Exists(release) || !File.Exists(Path.Combine(home, "bin", ProgramName)))
            return null;
        var version = File.ReadLines(release)
            .Where(line => line.StartsWith("JAVA_VERSION=", StringComparison.Ordinal))
            .Select(line => line["JAVA_VERSION=".Length..].Trim('"', ' '))
            .FirstOrDefault();
        return version is not null && TryParseMajor(version, out var major)
            ? new JavaRuntime(Path.GetFullPath(home), major)
            : null;
    }

    // "17.0.15", "21", "25-ea", and the old "1.8.0_402".
    private static bool TryParseMajor(string version, out int major)
    {
        var parts = version.Split('.', '-', '_', '+');
        var text = parts[0] == "1" && parts.Length > 1 ? parts[1] : parts[0];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out major);
    }

    private static string Describe(List<JavaRuntime> found) => found.Count == 0
        ? "no Java was found."
        : $"found: {string.Join(", ", found.Select(java => $"{java.Major} ({java.Home})"))}.";

    private static IEnumerable<string> Candidates(string neo4jHome, Func<string, string?> environment)
    {
        // A runtime that came with the installation: inside it, or beside it.
        foreach (var parent in new[] { neo4jHome, Path.GetDirectoryName(neo4jHome) })
        {
            if (parent is null)
                continue;
            foreach (var pattern in new[] { "jre*", "jdk*" })
            {
                foreach (var folder in Subfolders(parent, pattern))
                    yield return folder;
            }
        }

        var path = environment("PATH") ?? "";
        foreach (var folder in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var program = new FileInfo(Path.Combine(folder, ProgramName));
            if (!program.Exists)
                continue;
            // Usually a link into the runtime's own folder; `java` itself knows no other way home either.
            var target = program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName;
            if (Path.GetDirectoryName(Path.GetDirectoryName(target)) is { } home)
                yield return home;
        }

        foreach (var folder in UsualFolders(environment))
            yield return folder;
    }

    private static IEnumerable<string> UsualFolders(Func<string, string?> environment)
    {
        if (OperatingSystem.IsMacOS())
        {
            return Subfolders("/Library/Java/JavaVirtualMachines", "*")
                .Select(folder => Path.Combine(folder, "Contents", "Home"));
        }
        if (!OperatingSystem.IsWindows())
            return Subfolders("/usr/lib/jvm", "*");
        var programs = environment("ProgramFiles") ?? @"C:\Program Files";
        return s_windowsVendors.SelectMany(vendor => Subfolders(Path.Combine(programs, vendor), "*"));
    }

    private static IEnumerable<string> Subfolders(string parent, string pattern) => Directory.Exists(parent)
        ? Directory.EnumerateDirectories(parent, pattern, new EnumerationOptions { IgnoreInaccessible = true })
            .Order(StringComparer.Ordinal)
        : [];
}
