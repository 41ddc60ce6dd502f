using System.Globalization;
using System.Text;

namespace Grap.Metrics;

/// <summary>Writes gauges in Prometheus' text format: each family once, with its help and type before its
/// samples.</summary>
internal sealed class MetricFamilies
{
    private readonly Dictionary<string, StringBuilder> _families = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Begins a family; its samples may come between those of others.</summary>
    public void Declare(string name, string help)
    {
        var text = new StringBuilder();
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(name).Append(" gauge\n");
        _families.Add(name, text);
        _names.Add(name);
    }

    /// <summary>Adds a sample; none where there is no value.</summary>
    public void Add(string name, double? value, params (string Name, string Value)[] labels)
    {
        if (value is not { } number)
            return;
        var text = _families[name];
        text.Append(name);
        for (var index = 0; index < labels.Length; index++)
        {
            text.Append(index == 0 ? '{' : ',').Append(labels[index].Name).Append("=\"");
            AppendEscaped(text, labels[index].Value);
            text.Append('"');
        }
        if (labels.Length > 0)
            text.Append('}');
        text.Append(' ').Append(number.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>A yes or no.</summary>
    public void Add(string name, bool? value, params (string Name, string Value)[] labels) =>
        Add(name, value is { } yes ? yes ? 1d : 0d : (double?)null, labels);

    /// <summary>A time, in seconds since 1970.</summary>
    public void Add(string name, DateTimeOffset? time, params (string Name, string Value)[] labels) =>
        Add(name, time?.ToUnixTimeMilliseconds() / 1000d, labels);

    /// <summary>The text. Families without a sample are left out.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        foreach (var family in _names.Select(name => (Name: name, Text: _families[name].ToString()))
            .Where(static family => family.Text.Contains($"\n{family.Name}", StringComparison.Ordinal)))
            text.Append(family.Text);
        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(letter),
            };
        }
    }
}
