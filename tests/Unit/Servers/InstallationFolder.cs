using System.IO.Compression;

namespace Grap.Tests.Unit.Servers;

/// <summary>Folders that look like installations of Neo4j and Java as far as their files tell. Nothing in them runs.
/// </summary>
internal sealed class InstallationFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("grap-installation-").FullName;

    public string Path(params string[] names) => System.IO.Path.Combine([_root, .. names]);

    public string AddNeo4j(
        string version, int java, string entryPoint = "org.neo4j.server.CommunityEntryPoint", string jar = "neo4j")
    {
        var home = Path($"neo4j-{version}");
        var libraries = Directory.CreateDirectory(System.IO.Path.Combine(home, "lib")).FullName;
        WriteJar(System.IO.Path.Combine(libraries, $"neo4j-kernel-{version}.jar"), "META-INF/MANIFEST.MF",
            $"Manifest-Version: 1.0\r\nBuild-Jdk-Spec: {java}\r\nImplementation-Version: {version}\r\n");
        var entry = entryPoint.Replace('.', '/') + ".class";
        WriteJar(System.IO.Path.Combine(libraries, $"{jar}-{version}.jar"), entry, "");
        return home;
    }

    public string AddJava(string name, string version)
    {
        var home = Path(name);
        Directory.CreateDirectory(System.IO.Path.Combine(home, "bin"));
        File.WriteAllText(System.IO.Path.Combine(home, "bin", OperatingSystem.IsWindows() ? "java.exe" : "java"), "");
        File.WriteAllText(System.IO.Path.Combine(home, "release"), $"IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"{version}\"\n");
        return home;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void WriteJar(string path, string entry, string text)
    {
        using var jar = ZipFile.Open(path, ZipArchiveMode.Create);
        using var writer = new StreamWriter(jar.CreateEntry(entry).Open());
        writer.Write(text);
    }
}
