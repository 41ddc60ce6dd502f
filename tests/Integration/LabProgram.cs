using System.Diagnostics;
using Grap.Lab;
using Newtonsoft.Json.Linq;

namespace Grap.Tests.Integration;

/// <summary>The lab's program as a process of its own.</summary>
internal static class LabProgram
{
    public static Process Start(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(LabException).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static JObject Parse(string? line) =>
        JObject.Parse(line ?? throw new InvalidOperationException("The lab ended without an answer."));
}
