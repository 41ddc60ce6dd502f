using System.Globalization;
using System.Text;
using Grap.Backups;
using Grap.Reports;

namespace Grap.Tests.Integration.Operations;

/// <summary>A real browser shows the report.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_browser_shows_it_as_it_was_meant_whatever_the_names_are()
    {
        const string hostile = "<img src=x onerror=\"document.title='taken'\">";
        var page = Path.Combine(_folder, "report.html");
        await File.WriteAllTextAsync(page, HtmlReport.Write(Facts(hostile)), Encoding.UTF8, TestContext.Current.CancellationToken);

        var shown = await BrowseAsync("--dump-dom", $"file://{page}");

        Assert.Contains("Grap: /backups", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", shown, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x", shown, StringComparison.Ordinal);
        Assert.Equal(5, shown.Split("<svg").Length - 1);
        Assert.Contains("</html>", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(390, 844)]
    [InlineData(1280, 900)]
    public async Task The_page_is_no_wider_than_the_screen(int width, int height)
    {
        // The report itself has no script; the page around it has, and measures it.
        var report = Path.Combine(_folder, "report.html");
        var measure = Path.Combine(_folder, "measure.html");
        var text = HtmlReport.Write(Facts(new string('x', 120)));
        await File.WriteAllTextAsync(report, text.Replace("default-src 'none'; ", "", StringComparison.Ordinal)
            .Replace("</main>", "</main><script>parent.postMessage(document.documentElement.scrollWidth - document.documentElement.clientWidth, '*')</script>", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(measure,
            "<pre id=o></pre><script>onmessage = message => o.textContent = `beyond=${message.data}`</script>"
            + $"<iframe src=report.html style='border:0;width:{width}px;height:{height}px'></iframe>",
            TestContext.Current.CancellationToken);

        var shown = await BrowseAsync("--virtual-time-budget=3000", "--dump-dom", $"file://{measure}");

        Assert.Contains("beyond=0", shown, StringComparison.Ordinal);
    }

    private static ReportFacts Facts(string name)
    {
        var now = new DateTimeOffset(2026, 6, 17, 12, 0, 0, TimeSpan.Zero);
        return new ReportFacts
        {
            Repository = "/backups",
            At = now,
            Backups =
            [
                .. Enumerable.Range(0, 60).Select(day => new Backup
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{name}{day}"),
                    Repository = "/backups",
                    Path = "/backups/x.grap",
                    Database = name,
                    CreatedAt = now.AddDays(-day),
                    SizeBytes = 1_000_000 + (day * 1000),
                    RawBytes = 4_000_000,
                    Duration = TimeSpan.FromSeconds(2 + (day % 5)),
                    VerifiedLevel = day % 7 == 0 ? VerificationLevel.Restore : VerificationLevel.Structure,
                    VerifiedAt = now.AddDays(-day),
                }),
            ],
        };
    }

    private Task<string> BrowseAsync(params string[] arguments) => Tool.RunAsync("chromium", "chromium",
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", $"--user-data-dir={Path.Combine(_folder, "profile")}", .. arguments,
    ]);
}
