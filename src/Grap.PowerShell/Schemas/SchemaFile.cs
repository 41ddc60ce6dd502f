using System.Management.Automation;
using Grap.Configuration;
using Grap.Schemas;

namespace Grap.PowerShell.Schemas;

/// <summary>Finds the declared schema that a command is to use.</summary>
internal static class SchemaFile
{
    /// <summary>The one of the parameter, or of the settings; null where neither names a file. Call it on the pipeline
    /// thread.</summary>
    public static DeclaredSchema? Load(SessionState state, string? parameter, GrapSettings settings) =>
        (parameter ?? settings.Schema) is not { } path ? null
        : DeclaredSchema.Load(Path.GetFullPath(path, state.Path.CurrentFileSystemLocation.ProviderPath));
}
