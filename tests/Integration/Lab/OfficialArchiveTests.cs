using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Grap.Lab;
using Grap.Lab.Installations;

namespace Grap.Tests.Integration.Lab;

/// <summary>Downloading Neo4j's official archive, from a web server of the tests' own.</summary>
public sealed class OfficialArchiveTests : IDisposable
{
    private const string Version = "9.9.9";
    private readonly string _cache = Directory.CreateTempSubdirectory("grap-cache-").FullName;
    private readonly ArchiveSite _site = new();
    private readonly List<string> _log = [];

    [Fact]
    public async Task An_archive_that_is_what_was_published_is_installed()
    {
        _site.Publish(Version);

        var home = await InstallAsync();

        Assert.Equal(Path.Combine(_cache, Version), home);
        Assert.Equal("contents", File.ReadAllText(Path.Combine(home, "lib", "neo4j.jar")));
        Assert.Equal([home], Directory.GetFileSystemEntries(_cache)); // nothing temporary stays
        Assert.Contains(_log, line => line.StartsWith("Downloading", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_installed_is_not_downloaded_again()
    {
        _site.Publish(Version);
        await InstallAsync();
        var requests = _site.Requests.Count;

        await InstallAsync();

        Assert.Equal(requests, _site.Requests.Count);
    }

    [Fact]
    public async Task An_archive_with_another_hash_is_refused_and_not_installed()
    {
        _site.Publish(Version);
        _site.PublishedHash = new string('0', 64);

        var refused = await Assert.ThrowsAsync<LabException>(InstallAsync);

        Assert.Contains("is not what Neo4j published", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_cache, Version)));

        _site.Publish(Version); // and it can be had once the site is in order again
        await InstallAsync();
    }

    [Fact]
    public async Task A_page_in_place_of_the_hash_is_refused()
    {
        _site.Publish(Version);
        _site.PublishedHash = "<html>log in to this network</html>";

        var refused = await Assert.ThrowsAsync<LabException>(InstallAsync);

        Assert.Contains("holds no SHA-256", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_was_cut_goes_on_where_it_ended()
    {
        _site.Publish(Version);
        _site.CutAfter.Enqueue(1000);

        await InstallAsync();

        Assert.Contains(_log, line => line.Contains("was cut", StringComparison.Ordinal));
        Assert.Contains(_site.Requests, request => request.StartsWith("bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_download_that_is_cut_every_time_gives_up_and_a_later_run_goes_on()
    {
        _site.Publish(Version);
        foreach (var bytes in new[] { 500, 600, 700 })
            _site.CutAfter.Enqueue(bytes);

        var failed = await Assert.ThrowsAsync<LabException>(InstallAsync);

        Assert.Contains("was cut", failed.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_cache, Version)));
        await InstallAsync();
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_said_to_be_missing()
    {
        var failed = await Assert.ThrowsAsync<LabException>(InstallAsync);

        Assert.Contains("404", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_can_be_had_one_sentence_says_how_to_get_it()
    {
        var finder = new InstallationFinder { Environment = _ => null, SharedFolder = null, Offline = true };

        Assert.Null(finder.FromEnvironment(Version));
        Assert.Null(await finder.FromSharedFolderAsync(Version, TestContext.Current.CancellationToken));
        Assert.Null(await finder.FromOfficialArchiveAsync(Version, TestContext.Current.CancellationToken));
        var message = InstallationFinder.NoneFound(Version).Message;
        Assert.All(["NEO4J_HOME", "Docker", "dist.neo4j.org"],
            way => Assert.Contains(way, message, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _site.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    private Task<string> InstallAsync() => new OfficialArchive
    {
        CacheFolder = _cache,
        Environment = name => name == OfficialArchive.BaseVariable ? _site.Address : null,
        Log = _log.Add,
    }.InstallAsync(Version, TestContext.Current.CancellationToken);
}

/// <summary>A web server that serves one archive and its hash, and cuts downloads when told to.</summary>
internal sealed class ArchiveSite : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public ArchiveSite()
    {
        while (!_listener.IsListening)
        {
            Address = $"http://127.0.0.1:{RandomNumberGenerator.GetInt32(20_000, 32_000)}/";
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Address);
            try
            {
                _listener.Start();
            }
            catch (HttpListenerException)
            {
                // The port is in use: another one.
            }
        }
        _ = ServeAsync();
    }

    public string Address { get; private set; } = "";

    /// <summary>Bytes after which the next downloads are cut.</summary>
    public Queue<int> CutAfter { get; } = new();

    /// <summary>The range, or the path, of every request.</summary>
    public List<string> Requests { get; } = [];

    public string PublishedHash { get; set; } = "";

    public void Publish(string version)
    {
        var windows = OperatingSystem.IsWindows();
        var name = $"neo4j-community-{version}";
        var archive = windows ? MakeZip(name) : MakeTar(name);
        var file = "/" + name + (windows ? "-windows.zip" : "-unix.tar.gz");
        _files[file] = archive;
        PublishedHash = Convert.ToHexStringLower(SHA256.HashData(archive)) + "  " + file[1..] + "\n";
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        var range = context.Request.Headers["Range"];
        Requests.Add(range ?? path);
        var response = context.Response;
        if (path.EndsWith(".sha256", StringComparison.Ordinal) && _files.ContainsKey(path[..^".sha256".Length]))
        {
            response.Close(Encoding.ASCII.GetBytes(PublishedHash), willBlock: true);
            return;
        }
        if (!_files.TryGetValue(path, out var content))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }

        var from = range is null ? 0 : int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
        response.StatusCode = range is null ? 200 : 206;
        response.ContentLength64 = content.Length - from;
        if (CutAfter.TryDequeue(out var cut))
        {
            response.OutputStream.Write(content, from, cut);
            response.OutputStream.Flush();
            response.Abort();
            return;
        }
        response.OutputStream.Write(content, from, content.Length - from);
        response.Close();
    }

    private static byte[] MakeTar(string name)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.NoCompression))
        using (var tar = new TarWriter(packed))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name + "/"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name + "/lib/"));
            tar.WriteEntry(Entry("/lib/neo4j.jar", Encoding.ASCII.GetBytes("contents")));
            tar.WriteEntry(Entry("/lib/large.jar", new byte[100_000]));
        }
        return bytes.ToArray();

        PaxTarEntry Entry(string path, byte[] content) =>
            new(TarEntryType.RegularFile, name + path) { DataStream = new MemoryStream(content) };
    }

    private static byte[] MakeZip(string name)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            using (var small = zip.CreateEntry(name + "/lib/neo4j.jar").Open())
                small.Write("contents"u8);
            using var large = zip.CreateEntry(name + "/lib/large.jar", CompressionLevel.NoCompression).Open();
            large.Write(new byte[100_000]);
        }
        return bytes.ToArray();
    }
}
