using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Grap.PowerShell.Backups;

/// <summary>Which backup is meant: an id, and the repository that it stands in where a backup object was
/// given.</summary>
public sealed record BackupReference(string Id, string? Repository)
{
    /// <summary>The id.</summary>
    public override string ToString() => Id;
}

/// <summary>Lets a parameter take ids, backups, and what was a backup in another process.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BackupArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not IList many)
            return One(inputData) ?? inputData;
        var references = many.Cast<object?>().Select(One).ToArray();
        // What is no backup stays as it is: the binder says so in PowerShell's own words.
        return references.Contains(null) ? inputData : references;
    }

    private static BackupReference? One(object? input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (value is BackupReference reference)
            return reference;
        if (value is string id)
            return new BackupReference(id, null);
        if (value is null || PSObject.AsPSObject(input!).Properties["Id"]?.Value is not { } named)
            return value is IConvertible
                ? new BackupReference(Convert.ToString(value, CultureInfo.InvariantCulture)!, null)
                : null;
        // Only the id of a backup counts, not that of a process or a job that came down the pipeline by mistake.
        return PSObject.AsPSObject(named).BaseObject is string text
            ? new BackupReference(text, PSObject.AsPSObject(input!).Properties["Repository"]?.Value?.ToString())
            : null;
    }
}
