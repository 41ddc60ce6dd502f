using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Grap.Lab.Installations;

/// <summary>
/// Installs Neo4j's official Community archive into the cache: downloaded under a temporary name (and continued there
/// when it was cut), checked against its published SHA-256, unpacked beside its final place and renamed into it.
/// </summary>
public sealed record OfficialArchive
{
    /// <summary>Where Neo4j publishes its archives.</summary>
    public const string DefaultBase = "https://dist.neo4j.org/";

    /// <summary>The environment variable that names another place: a mirror, or a test's own server.</summary>
    public const string BaseVariable = "GRAP_NEO4J_DIST";

    private const int Attempts = 3;

    /// <summary>Where it is installed.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Told the progress.</summary>
    public Action<string> Log { get; init; } = _ => { };

    /// <summary>Installs a version and returns its folder.</summary>
    /// <exception cref="LabException">It is not there, was cut again and again, or is not what was
    /// published.</exception>
    public async Task<string> InstallAsync(string version, CancellationToken cancellation)
    {
        var target = Path.Combine(CacheFolder, version);
        if (Directory.Exists(target))
            return target;
        Directory.CreateDirectory(CacheFolder);
        var name = OperatingSystem.IsWindows()
            ? $"neo4j-community-{version}-windows.zip"
            : $"neo4j-community-{version}-unix.tar.gz";
        var mirror = Environment(BaseVariable);
        var address = new Uri(new Uri(string.IsNullOrEmpty(mirror) ? DefaultBase : mirror), name);
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };

        var published = await PublishedHashAsync(http, address, cancellation);
        var part = Path.Combine(CacheFolder, name + ".part");
        await using (var file = OpenExclusively(part))
        {
            await DownloadAsync(http, address, file, cancellation);
            file.Position = 0;
            var actual = Convert.ToHexString(await SHA256.HashDataAsync(file, cancellation));
            if (!actual.Equals(published, StringComparison.OrdinalIgnoreCase))
            {
                file.SetLength(0); // nothing of it is worth continuing
                throw new LabException(
                    $"{address} is not what Neo4j published: its SHA-256 is {actual.ToLowerInvariant()}, "
                    + $"not {published}. Nothing was installed.");
            }
            file.Position = 0;
            await UnpackAsync(file, target, cancellation);
        }
        File.Delete(part);
        return target;
    }

    private static async Task<string> PublishedHashAsync(HttpClient http, Uri address, CancellationToken cancellation)
    {
        var hashAddress = new Uri(address.AbsoluteUri + ".sha256");
        try
        {
            var text = await http.GetStringAsync(hashAddress, cancellation);
            var hash = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
            return hash.Length == 64 && hash.All(char.IsAsciiHexDigit)
                ? hash.ToLowerInvariant()
                : throw new LabException($"{hashAddress} holds no SHA-256.");
        }
        catch (HttpRequestException failed)
        {
            throw Unavailable(hashAddress, failed);
        }
    }

    private async Task DownloadAsync(HttpClient http, Uri address, FileStream file, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(http, address, file, cancellation);
                return;
            }
            catch (HttpRequestException failed) when (failed.StatusCode is not null || attempt == Attempts)
            {
                throw Unavailable(address, failed);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException && attempt < Attempts)
            {
                Log($"The download was cut at {Megabytes(file.Length)}; going on from there.");
            }
            catch (IOException cut)
            {
                throw new LabException(
                    $"The download of {address} was cut {Attempts} times; the next run goes on at "
                    + $"{Megabytes(file.Length)}.", cut);
            }
        }
    }

    private async Task ContinueAsync(HttpClient http, Uri address, FileStream file, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (file.Length > 0)
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return; // all of it is here already; the hash decides
        response.EnsureSuccessStatusCode();
        if (response.StatusCode != HttpStatusCode.PartialContent)
            file.SetLength(0);
        file.Position = file.Length;

        var total = file.Length + response.Content.Headers.ContentLength;
        await using var content = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 16];
        var told = -1L;
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            var percent = total > 0 ? file.Length * 100 / total.Value : -1;
            if (percent / 5 == told)
                continue;
            told = percent / 5;
            Log($"Downloading {address}: {Megabytes(file.Length)} of {Megabytes(total ?? 0)}");
        }
    }

    private static async Task UnpackAsync(Stream archive, string target, CancellationToken cancellation)
    {
        var scratch = Directory.CreateDirectory(target + "." + Guid.NewGuid().ToString("N")[..8]).FullName;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                await ZipFile.ExtractToDirectoryAsync(archive, scratch, cancellation);
            }
            else
            {
                await using var plain = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
                await TarFile.ExtractToDirectoryAsync(plain, scratch, overwriteFiles: false, cancellation);
            }
            // The archive holds one folder, neo4j-community-<version>.
            if (!Directory.Exists(target))
                Directory.Move(Directory.GetDirectories(scratch).Single(), target);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static FileStream OpenExclusively(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held)
        {
            throw new LabException(
                $"'{path}' is in use: this version is being downloaded already. Try again when that is done.", held);
        }
    }

    private static LabException Unavailable(Uri address, HttpRequestException failed) =>
        new($"{address} cannot be had: {failed.Message}", failed);

    private static string Megabytes(long bytes) => $"{bytes / 1048576.0:0.0} MiB";
}
