using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Date = Grap.Bolt.Values.Date;
using Properties = System.Collections.Generic.Dictionary<string, object?>;

namespace Grap.Lab.Graphs;

/// <summary>
/// A real graph: the packages of Debian 12 and how they depend on each other, from
/// <c>../shared/data/debian-packages</c>. 107,523 nodes and 416,398 relationships of nine types. Every fiftieth
/// package carries one property of every type.
/// </summary>
public static class DebianGraph
{
    private const int EveryTypeOn = 50;

    /// <summary>The folder with the data; null where it is not.</summary>
    public static string? FindFolder()
    {
        var folder = RepositoryRoot.Find() is { } root
            ? Path.GetFullPath(Path.Combine(root, "..", "shared", "data", "debian-packages"))
            : null;
        return folder is not null && File.Exists(Path.Combine(folder, "packages.tsv.xz")) ? folder : null;
    }

    /// <summary>Loads schema and data.</summary>
    public static async Task LoadAsync(GraphLoader loader, string folder)
    {
        await loader.RunAsync("CREATE CONSTRAINT package_name FOR (p:Package) REQUIRE p.name IS UNIQUE");
        await loader.RunAsync("CREATE CONSTRAINT virtual_name FOR (v:Virtual) REQUIRE v.name IS UNIQUE");

        var names = new List<string>();
        var ids = new Dictionary<string, long>(StringComparer.Ordinal);
        await CreateAsync("Package", Read(folder, "packages.tsv.xz").Select((fields, index) => Package(fields, index)));
        await CreateAsync("Virtual", Read(folder, "virtual.tsv.xz").Select(fields =>
            new Properties { ["name"] = fields[0] }));

        var relations = Read(folder, "relations.tsv.xz").Select((fields, index) => (Fields: fields, Index: index));
        foreach (var type in relations.GroupBy(relation => relation.Fields[1]))
        {
            await loader.CreateRelationshipsAsync(type.Key, type.Select(relation => new RelationshipRow(
                ids[relation.Fields[0]], ids[relation.Fields[2]], Relation(relation.Fields, relation.Index))));
        }

        foreach (var statement in s_indexes)
            await loader.RunAsync(statement);
        await loader.AwaitIndexesAsync();

        async Task CreateAsync(string label, IEnumerable<Properties> rows)
        {
            names.Clear();
            var created = await loader.CreateNodesAsync([label], rows.Select(Named));
            for (var index = 0; index < created.Count; index++)
                ids.Add(names[index], created[index]);
        }

        Properties Named(Properties row)
        {
            names.Add((string)row["name"]!);
            return row;
        }
    }

    private static readonly string[] s_indexes =
    [
        "CREATE RANGE INDEX package_section FOR (p:Package) ON (p.section)",
        "CREATE RANGE INDEX package_section_priority FOR (p:Package) ON (p.section, p.priority)",
        "CREATE TEXT INDEX package_homepage FOR (p:Package) ON (p.homepage)",
        "CREATE POINT INDEX package_mirror FOR (p:Package) ON (p.pointWgs84)",
        "CREATE FULLTEXT INDEX package_text FOR (p:Package) ON EACH [p.name, p.description] "
            + "OPTIONS { indexConfig: { `fulltext.analyzer`: 'english' } }",
        "CREATE RANGE INDEX depends_version FOR ()-[d:DEPENDS]-() ON (d.version)",
    ];

    private static Properties Package(string[] fields, int index)
    {
        var name = fields[0];
        var row = new Properties
        {
            ["name"] = name,
            ["version"] = fields[1],
            ["section"] = fields[2],
            ["priority"] = fields[3],
            ["installedKib"] = Number(fields[4]),
            ["archiveBytes"] = Number(fields[5]),
            ["homepage"] = fields[6],
            ["description"] = fields[7],
            ["tags"] = fields[8].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
        if (index % EveryTypeOn == 0)
        {
            foreach (var (key, value) in PropertyValues.OneOfEach(index))
                row[key] = value;
            row["digest"] = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        }
        return row;
    }

    private static Properties Relation(string[] fields, int index)
    {
        var row = new Properties { ["group"] = Number(fields[5]), ["alternative"] = Number(fields[6]) };
        if (fields[3].Length > 0)
        {
            row["op"] = fields[3];
            row["version"] = fields[4];
        }
        if (index % 1000 == 0)
            row["checked"] = new Date(20_000 + index / 1000);
        return row;
    }

    private static long? Number(string text) =>
        text.Length == 0 ? null : long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Read(string folder, string file)
    {
        var start = new ProcessStartInfo("xz")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("-dc");
        start.ArgumentList.Add(Path.Combine(folder, file));
        using var xz = Process.Start(start) ?? throw new LabException("xz did not start.");
        var lines = xz.StandardOutput;
        lines.ReadLine(); // the names of the columns
        while (lines.ReadLine() is { } line)
            yield return line.Split('\t');
        xz.WaitForExit();
        if (xz.ExitCode != 0)
            throw new LabException($"xz could not read '{file}'.");
    }
}
