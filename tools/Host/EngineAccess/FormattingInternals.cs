using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Grap.Host.EngineAccess;

/// <summary>
/// The engine brings the whole formatter but keeps its last steps for the assemblies of pwsh. Here are the three that
/// Format-Table, Format-List, Out-String and Select-Object stand on.
/// </summary>
internal static class FormattingInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string FormatNamespace = "Microsoft.PowerShell.Commands.Internal.Format.";

    private static readonly Assembly EngineAssembly = typeof(PSObject).Assembly;

    /// <summary>Makes a command shape objects as <c>Table</c>, <c>List</c> or <c>Wide</c>.</summary>
    public static void Shape(FrontEndCommandBase command, string shape)
    {
        var value = Enum.Parse(Type(FormatNamespace + "FormatShape"), shape);
        SetImplementation(command, Create(FormatNamespace + "InnerFormatShapeCommand", value));
    }

    /// <summary>Makes a command render objects into <paramref name="writer"/>, <paramref name="width"/> wide.</summary>
    public static void RenderTo(FrontEndCommandBase command, TextWriter writer, int width)
    {
        var inner = Create(FormatNamespace + "OutputManagerInner");
        SetImplementation(command, inner);
        inner.GetType().GetProperty("LineOutput", Any)!
            .SetValue(inner, Create(FormatNamespace + "TextWriterLineOutput", writer, width));
    }

    /// <summary>The exception by which a command tells everything upstream that it has seen enough.</summary>
    public static Exception StopUpstream(InternalCommand command) =>
        (Exception)Create("System.Management.Automation.StopUpstreamCommandsException", command);

    private static void SetImplementation(FrontEndCommandBase command, object implementation) =>
        typeof(FrontEndCommandBase).GetField("implementation", Any)!.SetValue(command, implementation);

    private static object Create(string type, params object[] arguments) =>
        Activator.CreateInstance(Type(type), Any, binder: null, arguments, culture: null)!;

    private static Type Type(string name) => EngineAssembly.GetType(name, throwOnError: true)!;
}
