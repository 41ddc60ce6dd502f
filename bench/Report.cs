using System.Globalization;
using System.Runtime.InteropServices;

namespace Grap.Bench;

/// <summary>Prints what was measured.</summary>
internal static class Report
{
    /// <summary>What is measured with, for every line that follows.</summary>
    public static string DataSet { get; set; } = "";

    public static void Machine() => Line($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");

    public static void Title(string name)
    {
        DataSet = "";
        Console.WriteLine();
        Line($"== {name} ==");
    }

    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>One way of doing something: how long, and what it took of this process and of the server.</summary>
    public static void Way(string name, Cost cost, double amount, string unit)
    {
        Line($"{name,-48} {cost.Seconds,8:0.000} s {amount / cost.Seconds,12:N0} {unit}/s   {Used(cost)}  {DataSet}");
    }

    /// <summary>One figure, beside what it should be.</summary>
    public static void Figure(string what, double figure, string unit, string goal = "") =>
        Line($"{what,-48} {figure,8:0.00} {unit}{(goal.Length == 0 ? "" : $"   ({goal})")}  {DataSet}");

    /// <summary>What it all comes to.</summary>
    public static void Ratio(string what, double ratio, string goal) => Line($"{what,-48} {ratio,8:0.00}   ({goal})");

    private static string Used(Cost cost)
    {
        var here = string.Create(CultureInfo.InvariantCulture, $"CPU {cost.CpuSeconds,6:0.00} s here");
        return cost.ServerCpuSeconds is { } server
            ? string.Create(CultureInfo.InvariantCulture, $"{here}, {server,5:0.0} s server")
            : here;
    }
}
