using System.Management.Automation;

namespace Grap.Host.Commands.Items;

/// <summary>Content of files only: other providers are reached as <c>$env:NAME</c> and the like.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : ItemCommand
{
    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [Alias("First", "Head")]
    public long TotalCount { get; set; } = -1;

    [Parameter]
    [Alias("Last")]
    public int Tail { get; set; } = -1;

    [Parameter]
    public string Encoding { get; set; } = "utf8NoBOM";

    private protected override void Process(string path)
    {
        IEnumerable<string> files = Literal
            ? [GetUnresolvedProviderPathFromPSPath(path)]
            : GetResolvedProviderPathFromPSPath(path, out _);
        foreach (var file in files)
            Read(file);
    }

    private void Read(string file)
    {
        if (!File.Exists(file))
            throw new ItemNotFoundException($"Cannot find path '{file}' because it does not exist.");
        var encoding = ContentEncoding.Of(Encoding);
        if (AsByteStream)
            WriteObject(File.ReadAllBytes(file), enumerateCollection: !Raw);
        else if (Raw)
            WriteObject(File.ReadAllText(file, encoding));
        else
            Write(File.ReadLines(file, encoding));
    }

    private void Write(IEnumerable<string> lines)
    {
        if (TotalCount >= 0)
            lines = lines.Take((int)TotalCount);
        if (Tail >= 0)
            lines = lines.TakeLast(Tail);
        foreach (var line in lines)
            WriteObject(line);
    }
}

/// <summary>What Set-Content and Add-Content have in common.</summary>
public abstract class WriteContentCommand : PSCmdlet
{
    private readonly List<object?> _values = [];

    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath", "LP")]
    public string[] Path { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[] Value { get; set; } = [];

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public string Encoding { get; set; } = "utf8NoBOM";

    private protected abstract FileMode Mode { get; }

    protected override void ProcessRecord() => _values.AddRange(Value ?? [null]);

    protected override void EndProcessing()
    {
        foreach (var path in Path)
        {
            if (ShouldProcess(path))
                ItemErrors.Run(this, path, () => Write(GetUnresolvedProviderPathFromPSPath(path)));
        }
    }

    private void Write(string file)
    {
        using var stream = new FileStream(file, Mode, FileAccess.Write);
        if (AsByteStream)
        {
            stream.Write([.. _values.Select(value => LanguagePrimitives.ConvertTo<byte>(value))]);
            return;
        }

        using var writer = new StreamWriter(stream, ContentEncoding.Of(Encoding));
        foreach (var value in _values)
        {
            var text = value is null ? string.Empty : PSObject.AsPSObject(value).ToString();
            writer.Write(NoNewline ? text : text + Environment.NewLine);
        }
    }
}

[Cmdlet(VerbsCommon.Set, "Content", SupportsShouldProcess = true)]
public sealed class SetContentCommand : WriteContentCommand
{
    private protected override FileMode Mode => FileMode.Create;
}

[Cmdlet(VerbsCommon.Add, "Content", SupportsShouldProcess = true)]
public sealed class AddContentCommand : WriteContentCommand
{
    private protected override FileMode Mode => FileMode.Append;
}
