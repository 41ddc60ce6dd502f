using Grap.Host.Pester;
using Grap.Host.Running;

namespace Grap.Host;

/// <summary>
/// <c>Grap.Host SCRIPT.ps1 [arguments]</c>, <c>Grap.Host --module PATH SCRIPT.ps1 [arguments]</c> or
/// <c>Grap.Host --pester PATH... [--result FILE.json] [--filter TEXT] [--module PATH]</c>.
/// </summary>
internal static class Program
{
    private const string Usage =
        """
        Usage: Grap.Host [--module PATH] SCRIPT.ps1 [arguments]
               Grap.Host --pester PATH... [--result FILE.json] [--filter TEXT] [--module PATH]
        """;

    private static int Main(string[] args)
    {
        try
        {
            return args switch
            {
                ["--pester", .. var rest] => PesterRun.Execute(PesterOptions.Parse(rest)),
                ["--module", var module, var script, .. var rest] => ScriptRun.Execute(script, rest, module),
                [var script, .. var rest] when script is not ['-', ..] => ScriptRun.Execute(script, rest, module: null),
                _ => Fail(Usage),
            };
        }
        catch (UsageException e)
        {
            return Fail(e.Message);
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 64;
    }
}
