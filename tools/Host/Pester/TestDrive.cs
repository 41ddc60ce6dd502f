using System.Management.Automation;

namespace Grap.Host.Pester;

/// <summary>
/// The folder <c>TestDrive:</c> of one test file. A block's end removes what came into it during that block.
/// </summary>
internal sealed class TestDrive : IDisposable
{
    private const string Name = "TestDrive";
    private readonly SessionState _session;
    private readonly string _root;

    public TestDrive(SessionState session)
    {
        _session = session;
        _root = Directory.CreateTempSubdirectory("pester-").FullName;
        var provider = session.Provider.GetOne("FileSystem");
        session.Drive.New(new PSDriveInfo(Name, provider, _root, "Files of the running test", null), "global");
        session.PSVariable.Set("global:" + Name, _root);
    }

    public IReadOnlySet<string> Snapshot() =>
        Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories).ToHashSet(StringComparer.Ordinal);

    public void RemoveAllBut(IReadOnlySet<string> kept)
    {
        // Deepest first, so that a folder is empty before it goes.
        foreach (var path in Snapshot().Except(kept).OrderByDescending(p => p.Length))
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
    }

    public void Dispose()
    {
        _session.Drive.Remove(Name, force: true, "global");
        _session.PSVariable.Remove("global:" + Name);
        Directory.Delete(_root, recursive: true);
    }
}
