using System.Globalization;
using System.Management.Automation;

namespace Grap.PowerShell.Queries;

/// <summary>Makes one object of each record, its properties named and ordered as the columns.</summary>
internal sealed class QueryRows
{
    private readonly string[] _names;

    public QueryRows(IReadOnlyList<string> columns)
    {
        // PowerShell's properties ignore case, Cypher's columns do not: the second of "n" and "N" becomes "N_2".
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        _names = [.. columns.Select((column, index) => Unique(column, index, taken))];
    }

    /// <summary>The object of one record.</summary>
    public PSObject Row(object?[] values)
    {
        var row = new PSObject();
        for (var i = 0; i < _names.Length; i++)
            row.Properties.Add(new PSNoteProperty(_names[i], values[i]));
        return row;
    }

    private static string Unique(string column, int index, HashSet<string> taken)
    {
        var name = column.Length > 0 ? column : string.Create(CultureInfo.InvariantCulture, $"Column{index + 1}");
        for (var number = 2; !taken.Add(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{column}_{number}");
        return name;
    }
}
