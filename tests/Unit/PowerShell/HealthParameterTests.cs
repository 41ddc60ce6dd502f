using Grap.Health;
using Grap.PowerShell;
using Xunit;

namespace Grap.Tests.Unit.PowerShell;

public class HealthParameterTests
{
    [Fact]
    public void Each_timeout_and_age_reaches_its_check()
    {
        var options = new GetGrapHealthCommand
        {
            ConnectivityTimeout = 1,
            SchemaTimeout = 2,
            OrphanTimeout = 3,
            BackupTimeout = 4,
            MaxBackupAge = TimeSpan.FromHours(5),
            MaxProofAge = TimeSpan.FromHours(6),
        }.MakeOptions();
        Assert.Equal([1, 2, 3, 4],
            new[] { options.ConnectivityLimit, options.SchemaLimit, options.OrphanLimit, options.BackupLimit }
                .Select(static limit => limit.TotalSeconds));
        Assert.Equal((5, 6), (options.MaxBackupAge.TotalHours, options.MaxProofAge.TotalHours));
    }

    [Fact]
    public void What_nobody_says_is_as_it_always_was() => Assert.Equal(
        new HealthOptions(), new GetGrapHealthCommand().MakeOptions() with { Tiers = HealthTier.Names });
}
