using System.Globalization;
using System.Text;
using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Recovery.States;
using Grap.Reports;
using Grap.Repositories;

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
        foreach (var section in (string[])["timeline", "health", "jobs", "backups", "recoveries", "audit"])
            Assert.Contains($"id=\"{section}\"", shown, StringComparison.Ordinal);
        Assert.Contains("RECOVERY_FAILED", shown, StringComparison.Ordinal);
        Assert.Contains("2 things are wrong: one; two", shown, StringComparison.Ordinal);
    }

    /// <summary>Every text has the contrast to what it stands on that WCAG 2.2 asks for (AA, 4.5), by the colours that
    /// the browser came to.</summary>
    [Theory]
    [InlineData("light", 1, "rgb(255, 255, 255)")]
    [InlineData("dark", 0, "rgb(20, 23, 28)")]
    public async Task Text_can_be_read_in_light_and_in_dark(string scheme, int preferred, string page)
    {
        const string measure = """
            <script>
            const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
            const luminance = rgb => { const [r, g, b] = rgb.map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
            const colour = text => text.match(/[\d.]+/g).map(Number)
            function behind(element) {
              for (; element; element = element.parentElement) {
                const found = colour(getComputedStyle(element).backgroundColor)
                if (found.length < 4 || found[3] > 0) return found.slice(0, 3)
              }
            }
            let worst = [99, '']
            let texts = 0
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
            while (walk.nextNode()) {
              const text = walk.currentNode, element = text.parentElement
              if (!text.data.trim() || ['SCRIPT', 'title'].includes(element.tagName)) continue
              const style = getComputedStyle(element)
              const ink = colour(element.closest('svg') ? style.fill : style.color).slice(0, 3)
              const [low, high] = [luminance(ink), luminance(behind(element))].sort((a, b) => a - b)
              const contrast = (high + 0.05) / (low + 0.05)
              texts++
              if (contrast < worst[0]) worst = [contrast, text.data.trim().slice(0, 40)]
            }
            document.title = `page ${getComputedStyle(document.body).backgroundColor}; texts ${texts}; `
              + (worst[0] >= 4.5 ? 'readable' : `contrast ${worst[0].toFixed(2)} of "${worst[1]}"`)
            </script>
            """;
        var report = Path.Combine(_folder, $"{scheme}.html");
        await File.WriteAllTextAsync(report, HtmlReport.Write(Facts("orders"))
            .Replace("default-src 'none'; ", "", StringComparison.Ordinal)
            .Replace("</main>", $"</main>{measure}", StringComparison.Ordinal), Encoding.UTF8,
            TestContext.Current.CancellationToken);

        var shown = await BrowseAsync($"--blink-settings=preferredColorScheme={preferred}", "--dump-dom", $"file://{report}");

        var told = shown.Split("<title>")[1].Split("</title>")[0];
        Assert.StartsWith($"page {page}; texts ", told, StringComparison.Ordinal);
        Assert.EndsWith("; readable", told, StringComparison.Ordinal);
        Assert.InRange(int.Parse(told.Split("texts ")[1].Split(';')[0], CultureInfo.InvariantCulture), 500, int.MaxValue);
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
            Problems = ["The disk is slow."],
            Health = new HealthReport
            {
                Timestamp = now,
                Address = "bolt://localhost:7687",
                Checks =
                [
                    Check("connectivity", TierStatus.Pass, "Reachable"),
                    Check("schema_consistency", TierStatus.Fail, "2 things are wrong", "one", "two"),
                    Check("orphan_detection", TierStatus.Warn, "Something"),
                    Check("backup_freshness", TierStatus.Skip, "Not checked"),
                ],
                Duration = TimeSpan.FromSeconds(1),
            },
            Runs =
            [
                Run(now.AddDays(-2), BackupJobOutcome.Succeeded), Run(now.AddDays(-1), BackupJobOutcome.Incomplete),
                Run(now, BackupJobOutcome.Succeeded) with { Interrupted = true, Problem = "It left no end." },
            ],
            Recoveries =
            [
                new()
                {
                    Database = name, BackupId = name, State = RecoveryState.RecoveryFailed, StartedAt = now, CompletedAt = now,
                    ValidationErrors = ["A constraint is missing."],
                },
                new() { Database = "other", BackupId = name, State = RecoveryState.RecoverySuccess, StartedAt = now },
                new() { Database = "third", BackupId = name, State = RecoveryState.Validation, StartedAt = now },
            ],
            Audit =
            [
                new JournalEntry { Sequence = 2, Timestamp = now, Operation = "BackupCreated", EntityId = name, Actor = "me@here" },
                new JournalEntry
                {
                    Sequence = 1, Timestamp = now, Operation = "BackupVerified", EntityId = name, Actor = "me@here",
                    Result = JournalResult.Failure,
                },
            ],
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

    private static HealthTier Check(string name, TierStatus status, string message, params string[] findings) => new()
    {
        Name = name,
        Status = status,
        Message = message,
        Findings = findings,
        Duration = TimeSpan.FromMilliseconds(12),
        Limit = TimeSpan.FromSeconds(5),
    };

    private static JobRun Run(DateTimeOffset at, BackupJobOutcome outcome) => new()
    {
        Name = "backup",
        Run = at.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        StartedAt = at,
        EndedAt = at.AddMinutes(1),
        Outcome = outcome,
    };

    private Task<string> BrowseAsync(params string[] arguments) => Tool.RunAsync("chromium", "chromium",
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", $"--user-data-dir={Path.Combine(_folder, "profile")}", .. arguments,
    ]);
}
