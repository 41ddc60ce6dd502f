namespace Grap.Servers.Installations;

/// <summary>
/// Looks for Neo4j installations on this machine: the one that the settings name and what lies beside it, the one of a
/// local server, then the usual places. Nothing that a backup says is followed: what is found is run.
/// </summary>
public sealed class InstallationSearch(ScratchOptions options)
{
    /// <summary>Every installation found, each once, in the order of preference.</summary>
    public IEnumerable<Neo4jInstallation> All()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var home in Candidates())
        {
            if (seen.Add(Path.GetFullPath(home)) && Neo4jInstallation.TryAt(home) is { } installation)
                yield return installation;
        }
    }

    /// <summary>The installation of exactly this version: what recovers a physical backup must be what wrote
    /// it.</summary>
    /// <param name="version">As <c>5.26.30</c>.</param>
    /// <param name="edition">As a server tells it: <c>community</c> or <c>enterprise</c>. Their store formats
    /// differ.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: there is none; the message
    /// names what was found.</exception>
    public Neo4jInstallation Find(string version, string edition)
    {
        var found = new List<Neo4jInstallation>();
        foreach (var installation in All())
        {
            if (installation.Version == version
                && installation.Edition.ToString().Equals(edition, StringComparison.OrdinalIgnoreCase))
                return installation;
            found.Add(installation);
        }
        var wanted = $"Neo4j {version} ({edition})";
        throw new GrapException(GrapCondition.ScratchServerUnavailable,
            $"{wanted} is needed and is not on this machine; {Describe(found)}",
            $"Unpack {wanted} and set NEO4J_HOME to its folder, or put it beside the one that NEO4J_HOME names.",
            version);
    }

    /// <summary>The installation of this version, or the next newer one, or else the newest: any can read what a logical
    /// backup holds, and newer ones can hold more.</summary>
    /// <param name="version">As <c>5.26.30</c>.</param>
    /// <param name="edition">As a server tells it: <c>community</c> or <c>enterprise</c>; preferred where there are
    /// both.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: there is none at
    /// all.</exception>
    public Neo4jInstallation FindNearest(string version, string edition)
    {
        var found = All().ToList();
        var number = Version.TryParse(version, out var parsed) ? parsed : new Version(0, 0);
        return found
            .OrderByDescending(each => each.Version == version)
            .ThenByDescending(each => each.Number >= number)
            .ThenBy(each => each.Number >= number ? each.Number : new Version(0, 0))
            .ThenByDescending(each => each.Number)
            .ThenByDescending(each => each.Edition.ToString().Equals(edition, StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault()
            ?? throw new GrapException(GrapCondition.ScratchServerUnavailable,
                "A Neo4j is needed for a scratch server, and none was found on this machine.",
                $"Unpack Neo4j {version} ({edition}) and set NEO4J_HOME to its folder.", version);
    }

    /// <summary>The one installation on this machine, where nothing says which version is needed.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: there is none, or several
    /// and none is named.</exception>
    public Neo4jInstallation FindAny()
    {
        if (!string.IsNullOrWhiteSpace(options.Home))
            return Neo4jInstallation.At(options.Home);
        var found = All().ToList();
        return found.Count == 1
            ? found[0]
            : throw new GrapException(GrapCondition.ScratchServerUnavailable,
                $"Which Neo4j to use is not clear; {Describe(found)}",
                "Set NEO4J_HOME to the installation that the server was started from.", found.Count);
    }

    private static string Describe(List<Neo4jInstallation> found) => found.Count == 0
        ? "no installation was found."
        : $"found: {string.Join(", ", found.Select(each => $"{each.Version} ({each.Home})"))}.";

    private IEnumerable<string> Candidates()
    {
        if (!string.IsNullOrWhiteSpace(options.Home))
        {
            yield return options.Home;
            if (Path.GetDirectoryName(Path.GetFullPath(options.Home)) is { } beside)
            {
                foreach (var home in Expand(Path.Combine(beside, "*")))
                    yield return home;
            }
        }
        if (!string.IsNullOrWhiteSpace(options.ServerHome))
            yield return options.ServerHome;
        foreach (var home in (options.Places ?? UsualPlaces()).SelectMany(Expand))
            yield return home;
    }

    private List<string> UsualPlaces()
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = options.Environment("XDG_CACHE_HOME") is { Length: > 0 } named
            ? named
            : OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(user, ".cache");
        var places = new List<string> { Path.Combine(cache, "grap", "neo4j", "*") };
        if (OperatingSystem.IsWindows())
        {
            var programs = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
            places.AddRange([Path.Combine(programs, "neo4j*"), Path.Combine(programs, "Neo4j", "*")]);
            return places;
        }
        // Debian and Red Hat packages; the official container; by hand; Homebrew.
        places.AddRange(
        [
            "/usr/share/neo4j", "/var/lib/neo4j", "/opt/neo4j*", "/opt/neo4j/*",
            "/opt/homebrew/opt/neo4j/libexec", "/usr/local/opt/neo4j/libexec",
        ]);
        return places;
    }

    // Only the last part of a place may be a pattern.
    private static IEnumerable<string> Expand(string place)
    {
        var parent = Path.GetDirectoryName(place);
        var name = Path.GetFileName(place);
        if (!name.Contains('*', StringComparison.Ordinal))
            return [place];
        return parent is not null && Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, name, new EnumerationOptions { IgnoreInaccessible = true })
                .OrderDescending(StringComparer.Ordinal)
            : [];
    }
}
