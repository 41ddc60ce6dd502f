namespace Grap.Servers.Installations;

/// <summary>Whether a local server asks who connects.</summary>
public enum LocalServerAuthentication
{
    /// <summary>Every server gets a password of its own, random unless one is given. The default, also on the
    /// loopback interface: every user of the machine can reach that, and the server may hold a copy of
    /// production.</summary>
    Password,
    /// <summary>Anybody on this machine may connect. For graphs that are no secret.</summary>
    None,
}

/// <summary>How a server on this machine is to be started.</summary>
public sealed record LocalServerOptions
{
    /// <summary>Where the server's own folder is made; null for a place in the user's local application data. Not a
    /// place that others can write to: what lies there is believed when leftovers are removed.</summary>
    public string? ParentFolder { get; init; }

    /// <summary>The data folder; null for one inside the server's own folder. One that is given is never
    /// removed.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Whether the server's folder stays when the server is stopped.</summary>
    public bool KeepFolder { get; init; }

    /// <summary>Heap in MiB.</summary>
    public int HeapMegabytes { get; init; } = 512;

    /// <summary>Page cache in MiB.</summary>
    public int PageCacheMegabytes { get; init; } = 128;

    /// <summary>Whether the server asks for a password.</summary>
    public LocalServerAuthentication Authentication { get; init; } = LocalServerAuthentication.Password;

    /// <summary>The password of user <c>neo4j</c>; null for a random one. Counts only for a data folder without users
    /// yet.</summary>
    public string? Password { get; init; }

    /// <summary>More settings, by their name in <c>neo4j.conf</c>; they win over Grap's own, except for folders and
    /// the Bolt address.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>More arguments for the Java machine.</summary>
    public IReadOnlyList<string> JavaArguments { get; init; } = [];

    /// <summary>How long a start may take until the database answers. Recovery of a large copy needs more.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a clean stop may take before the process is killed.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable (<c>JAVA_HOME</c>, <c>PATH</c>).</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Called with each line that the server prints; null for nobody.</summary>
    public Action<string>? Output { get; init; }

    /// <summary>The record's text without the password.</summary>
    public override string ToString() => $"{nameof(LocalServerOptions)} {{ ParentFolder = {ParentFolder} }}";
}
