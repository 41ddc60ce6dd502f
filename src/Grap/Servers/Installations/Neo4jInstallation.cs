using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Grap.Servers.Installations;

/// <summary>Which Neo4j an installation is.</summary>
public enum Neo4jEdition
{
    /// <summary>Community.</summary>
    Community,
    /// <summary>Enterprise.</summary>
    Enterprise,
}

/// <summary>
/// A Neo4j unpacked on this machine: what <c>NEO4J_HOME</c> names. Read from the files alone; nothing is started to
/// find out.
/// </summary>
public sealed partial record Neo4jInstallation
{
    private Neo4jInstallation() { }

    /// <summary>The installation's folder, absolute.</summary>
    public required string Home { get; init; }

    /// <summary>The version as Neo4j writes it: <c>5.26.30</c>, <c>2026.08.1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The same as numbers, for comparing.</summary>
    public required Version Number { get; init; }

    /// <summary>Community or Enterprise.</summary>
    public Neo4jEdition Edition { get; init; }

    /// <summary>The same as servers and manifests write it: <c>community</c>, <c>enterprise</c>.</summary>
    public string EditionName => Edition == Neo4jEdition.Enterprise ? "enterprise" : "community";

    /// <summary>The lowest Java that can run it: the one it was built for.</summary>
    public int RequiredJava { get; init; }

    /// <summary>The Java class that starts the server. It was renamed between 5.26 and 2026.08.</summary>
    public required string EntryPoint { get; init; }

    /// <summary>The installation in a folder.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: the folder holds no
    /// Neo4j.</exception>
    public static Neo4jInstallation At(string home)
    {
        ArgumentException.ThrowIfNullOrEmpty(home);
        home = Path.GetFullPath(home);
        var libraries = Path.Combine(home, "lib");
        if (!Directory.Exists(libraries))
            throw NotAnInstallation(home, "it has no folder 'lib'");

        var kernel = Directory.EnumerateFiles(libraries, "neo4j-kernel-*.jar")
            .Select(path => (Path: path, Match: KernelName().Match(Path.GetFileName(path))))
            .FirstOrDefault(jar => jar.Match.Success);
        if (kernel.Path is null)
            throw NotAnInstallation(home, "its folder 'lib' has no neo4j-kernel-<version>.jar");

        var version = kernel.Match.Groups["version"].Value;
        var edition = File.Exists(Path.Combine(libraries, $"neo4j-enterprise-kernel-{version}.jar"))
            ? Neo4jEdition.Enterprise
            : Neo4jEdition.Community;
        return new Neo4jInstallation
        {
            Home = home,
            Version = version,
            Number = System.Version.Parse(kernel.Match.Groups["number"].Value),
            Edition = edition,
            RequiredJava = JavaThatBuilt(kernel.Path),
            EntryPoint = FindEntryPoint(home, libraries, version, edition),
        };
    }

    /// <summary>The installation in a folder; null if it holds none, or one that cannot be read.</summary>
    public static Neo4jInstallation? TryAt(string home)
    {
        try
        {
            return Directory.Exists(Path.Combine(home, "lib")) ? At(home) : null;
        }
        catch (Exception none) when (
            none is GrapException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null; // one of several places that were looked at
        }
    }

    // The manifest says which Java compiled it (Build-Jdk-Spec: 17 for 5.x, 21 for 2025 and later), which is also the
    // oldest that loads it. The kernel's jar carries it in every version.
    private static int JavaThatBuilt(string kernelJar)
    {
        using var jar = ZipFile.OpenRead(kernelJar);
        var entry = jar.GetEntry("META-INF/MANIFEST.MF")
            ?? throw new InvalidDataException($"{kernelJar} has no manifest.");
        using var manifest = new StreamReader(entry.Open());
        while (manifest.ReadLine() is { } line)
        {
            if (line.StartsWith("Build-Jdk-Spec:", StringComparison.Ordinal))
                return int.Parse(line["Build-Jdk-Spec:".Length..].Trim(), CultureInfo.InvariantCulture);
        }
        throw new InvalidDataException($"{kernelJar} does not say for which Java it was built.");
    }

    private static string FindEntryPoint(string home, string libraries, string version, Neo4jEdition edition)
    {
        string[] jars, classes;
        if (edition == Neo4jEdition.Community)
        {
            jars = [$"neo4j-{version}.jar", $"neo4j-server-{version}.jar"];
            classes = ["org.neo4j.server.CommunityEntryPoint", "org.neo4j.server.Neo4jCommunity"];
        }
        else
        {
            const string Package = "com.neo4j.server.enterprise";
            jars = [$"neo4j-enterprise-{version}.jar", $"neo4j-server-enterprise-{version}.jar"];
            classes = [$"{Package}.EnterpriseEntryPoint", $"{Package}.Neo4jEnterprise"];
        }

        foreach (var path in jars.Select(name => Path.Combine(libraries, name)).Where(File.Exists))
        {
            using var jar = ZipFile.OpenRead(path);
            var found = classes.FirstOrDefault(name => jar.GetEntry(name.Replace('.', '/') + ".class") is not null);
            if (found is not null)
                return found;
        }
        throw NotAnInstallation(home, "its folder 'lib' has no known class that starts the server");
    }

    private static GrapException NotAnInstallation(string home, string why) => new(
        GrapCondition.ScratchServerUnavailable,
        $"'{home}' is not a Neo4j installation: {why}.",
        "Name the folder that holds Neo4j's 'bin' and 'lib' (NEO4J_HOME).",
        home);

    [GeneratedRegex(@"^neo4j-kernel-(?<version>(?<number>\d+\.\d+\.\d+).*)\.jar$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KernelName();
}
