using System.Management.Automation;
using System.Security;

namespace Grap.Host.Commands.Data;

[Cmdlet(VerbsCommon.New, "Guid")]
[OutputType(typeof(Guid))]
public sealed class NewGuidCommand : PSCmdlet
{
    protected override void EndProcessing() => WriteObject(Guid.NewGuid());
}

[Cmdlet(VerbsCommon.Get, "Random")]
public sealed class GetRandomCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    [Parameter(Position = 0)]
    public object? Maximum { get; set; }

    [Parameter]
    public object? Minimum { get; set; }

    [Parameter]
    public int? SetSeed { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    [Parameter(ValueFromPipeline = true)]
    public object[]? InputObject { get; set; }

    [Parameter]
    public SwitchParameter Shuffle { get; set; }

    protected override void ProcessRecord() => _items.AddRange(InputObject ?? []);

    protected override void EndProcessing()
    {
        var random = SetSeed is { } seed ? new Random(seed) : Random.Shared;
        if (_items.Count > 0)
        {
            var items = _items.ToArray();
            random.Shuffle(items);
            WriteObject(Shuffle ? items : items[..Math.Min(Count, items.Length)], enumerateCollection: true);
            return;
        }

        for (var i = 0; i < Count; i++)
            WriteNumber(random);
    }

    private void WriteNumber(Random random)
    {
        if (Maximum is double or float || Minimum is double or float)
        {
            var low = LanguagePrimitives.ConvertTo<double>(Minimum ?? 0.0);
            WriteObject(low + (random.NextDouble() * (LanguagePrimitives.ConvertTo<double>(Maximum ?? 1.0) - low)));
            return;
        }

        var from = LanguagePrimitives.ConvertTo<long>(Minimum ?? 0);
        var number = random.NextInt64(from, LanguagePrimitives.ConvertTo<long>(Maximum ?? int.MaxValue));
        if (number is >= int.MinValue and <= int.MaxValue)
            WriteObject((int)number);
        else
            WriteObject(number);
    }
}

/// <summary>Only from plain text, as tests and demos need it.</summary>
[Cmdlet(VerbsData.ConvertTo, "SecureString")]
[OutputType(typeof(SecureString))]
public sealed class ConvertToSecureStringCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string String { get; set; } = string.Empty;

    [Parameter(Mandatory = true)]
    public SwitchParameter AsPlainText { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var secret = new SecureString();
        foreach (var character in String)
            secret.AppendChar(character);
        secret.MakeReadOnly();
        WriteObject(secret);
    }
}
