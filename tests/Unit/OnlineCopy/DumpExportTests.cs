using Grap.OnlineCopy;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>How a complete dump gets its name.</summary>
public sealed class DumpExportTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("grap-dump-export-").FullName;
    private readonly WatchedDisk _disk = new();

    private string Target => Path.Combine(_root, "one.dump");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dump_that_was_exported_survives_a_power_failure_under_its_name(bool replaces)
    {
        if (replaces)
            File.WriteAllText(Target, "old");

        DumpExport.Publish(Written(), Target, replaces, _disk);

        Assert.Equal([1, 2, 3], _disk.AfterPowerFailure(_root)["one.dump"]);
    }

    [Fact]
    public void A_file_that_appeared_meanwhile_is_left_alone()
    {
        var dump = Written();
        File.WriteAllText(Target, "somebody else's");

        var refusal = Assert.Throws<GrapException>(() => DumpExport.Publish(dump, Target, overwrite: false, _disk));

        Assert.Equal(GrapCondition.TargetExists, refusal.Condition);
        Assert.Equal("somebody else's", File.ReadAllText(Target));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Written()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, ".one.dump.partial")).FullName;
        var dump = Path.Combine(folder, "neo4j.dump");
        File.WriteAllBytes(dump, [1, 2, 3]);
        return dump;
    }
}
