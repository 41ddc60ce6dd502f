using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Grap.Host.Commands.Data;

[Cmdlet(VerbsData.Import, "PowerShellDataFile")]
[OutputType(typeof(Hashtable))]
public sealed class ImportPowerShellDataFileCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("LiteralPath", "PSPath", "LP")]
    public string[] Path { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            var file = GetUnresolvedProviderPathFromPSPath(path);
            var script = Parser.ParseFile(file, out _, out var errors);
            if (errors.Length > 0)
                throw new InvalidDataException($"{file}: {errors[0].Message}");
            var table = script.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)
                ?? throw new InvalidDataException($"{file} holds no hashtable.");
            // Literals only: nothing of the file is executed.
            WriteObject(table.SafeGetValue());
        }
    }
}

[Cmdlet(VerbsData.ConvertFrom, "StringData")]
[OutputType(typeof(Hashtable))]
public sealed class ConvertFromStringDataCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string StringData { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = '=';

    protected override void ProcessRecord()
    {
        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        var lines = StringData.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Where(line => line[0] != '#'))
        {
            var at = line.IndexOf(Delimiter, StringComparison.Ordinal);
            if (at < 0)
                throw new FormatException($"The line '{line}' has no '{Delimiter}'.");
            table.Add(line[..at].Trim(), System.Text.RegularExpressions.Regex.Unescape(line[(at + 1)..].Trim()));
        }

        WriteObject(table);
    }
}
