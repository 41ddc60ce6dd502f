using System.Text;
using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Reports;
using Grap.Repositories;
using Grap.Tests.Unit.Retention;
using Xunit;

namespace Grap.Tests.Unit.Reports;

public sealed class HtmlReportTests
{
    private const string Hostile = "<script>alert(1)</script>\"'&</title></style>\u202e";

    [Fact]
    public void Names_of_other_people_are_text_wherever_they_stand()
    {
        var backup = BackupHistory.Taken(0, id: Hostile, database: Hostile) with { Problem = Hostile };
        var page = HtmlReport.Write(new ReportFacts
        {
            Repository = Hostile,
            At = BackupHistory.Now,
            Backups = [backup],
            Problems = [Hostile],
            Runs = [new JobRun { Name = Hostile, Run = "a", EndedAt = BackupHistory.Now, Problem = Hostile, BackupId = Hostile }],
            Audit = [new JournalEntry { Operation = Hostile, Actor = Hostile, EntityId = Hostile, Result = Hostile, EntityType = Hostile }],
            Health = new HealthReport
            {
                Timestamp = BackupHistory.Now,
                Address = Hostile,
                Checks = [new HealthTier { Name = Hostile, Message = Hostile, Findings = [Hostile], Status = TierStatus.Fail, Duration = default, Limit = default }],
                Duration = TimeSpan.Zero,
            },
            Recoveries = [new() { Database = Hostile, BackupId = Hostile, ValidationErrors = [Hostile] }],
        });

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, Count(page, "</title></head>") + Count(page, "</title>\n<style>"));
        Assert.Equal(1, Count(page, "</style>"));
        Assert.Equal(Count(page, "<bdi>"), Count(page, "</bdi>"));
    }

    [Fact]
    public void Ten_thousand_backups_make_a_page_under_2_MB()
    {
        var backups = Enumerable.Range(0, 10_000).Select(static number => BackupHistory.Taken(number / 4.0) with
        {
            SizeBytes = 1_000_000 + (number * 997L % 100_000),
            RawBytes = 5_000_000,
            Duration = TimeSpan.FromSeconds(1 + (number % 17)),
            VerifiedLevel = number % 7 == 0 ? VerificationLevel.Restore : VerificationLevel.Structure,
            VerifiedAt = BackupHistory.Now,
        }).ToList();
        var page = HtmlReport.Write(new ReportFacts { Repository = "/backups", At = BackupHistory.Now, Backups = backups });

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 10_000, 2_000_000);
        Assert.Contains("9,900 older ones are in the charts only.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_repository_has_a_page_too()
    {
        var page = HtmlReport.Write(new ReportFacts { Repository = "/backups", At = BackupHistory.Now });
        Assert.Contains("Newest good backup", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<figure>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_from_anywhere()
    {
        var page = HtmlReport.Write(new ReportFacts { Repository = "/backups", At = BackupHistory.Now, Backups = BackupHistory.Daily(5) });
        foreach (var loader in new[] { "http://", "https://", "src=", "href=", "url(", "@import" })
            Assert.DoesNotContain(loader, page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\"", page, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;
}
