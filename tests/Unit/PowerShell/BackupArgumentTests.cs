using System.Management.Automation;
using Grap.Backups;
using Grap.PowerShell.Backups;
using Xunit;

namespace Grap.Tests.Unit.PowerShell;

public class BackupArgumentTests
{
    private static readonly Backup Nightly = new() { Id = "nightly", Repository = "/repo", Path = "/repo/nightly.grap" };

    private static object? Transform(object input) => new BackupArgumentAttribute().Transform(null!, input);

    [Fact]
    public void An_id_is_an_id() => Assert.Equal(new BackupReference("nightly", null), Transform("nightly"));

    [Fact]
    public void A_number_is_an_id() => Assert.Equal(new BackupReference("20260131", null), Transform(20260131));

    [Fact]
    public void A_backup_brings_its_repository() =>
        Assert.Equal(new BackupReference("nightly", "/repo"), Transform(PSObject.AsPSObject(Nightly)));

    [Fact]
    public void A_backup_that_came_from_another_process_does_too()
    {
        var copy = PSSerializer.Deserialize(PSSerializer.Serialize(Nightly));
        Assert.Equal(new BackupReference("nightly", "/repo"), Transform(copy));
    }

    [Fact]
    public void A_list_may_mix_them() => Assert.Equal(
        [new BackupReference("nightly", "/repo"), new BackupReference("other", null)],
        (BackupReference[])Transform(new object[] { Nightly, "other" })!);

    [Fact]
    public void Another_object_with_an_id_is_no_backup()
    {
        var process = System.Diagnostics.Process.GetCurrentProcess();
        Assert.Same(process, Transform(process));
    }
}
