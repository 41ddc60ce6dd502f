using System.Reflection;
using System.Runtime.Loader;

namespace Grap.Loader;

/// <summary>
/// The load context of Grap's commands and of all that they depend on. Other modules bring their own versions of the
/// same assemblies (Newtonsoft.Json above all), and a process has only one version of each in its default context.
/// </summary>
/// <remarks>
/// This assembly itself is loaded into the default context and refers to nothing, so that it can never conflict.
/// </remarks>
public sealed class GrapLoadContext : AssemblyLoadContext
{
    private const string CommandAssembly = "Grap.PowerShell";

    // One context serves every runspace of the process, whichever imports first: types stay the same across them.
    private static readonly Lazy<Assembly> LoadedCommands = new(() =>
        new GrapLoadContext(Path.GetDirectoryName(typeof(GrapLoadContext).Assembly.Location)!)
            .LoadFromAssemblyName(new AssemblyName(CommandAssembly)));

    private readonly string _folder;

    private GrapLoadContext(string folder)
        : base("Grap")
    {
        _folder = folder;
    }

    /// <summary>The assembly that holds the commands, loaded at the first call and never again.</summary>
    /// <returns>The assembly to give to <c>Import-Module -Assembly</c>.</returns>
    /// <exception cref="FileNotFoundException">The module's folder is not complete.</exception>
    public static Assembly LoadCommands() => LoadedCommands.Value;

    /// <summary>Takes an assembly from the module's folder; what is not there is PowerShell's or .NET's own.</summary>
    /// <param name="assemblyName">The assembly that one of ours asks for.</param>
    /// <returns>The assembly, or nothing to leave it to the default context.</returns>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
