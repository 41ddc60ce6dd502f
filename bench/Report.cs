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
        Console.WriteLine();
        Line($"== {name} ==");
    }

    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>One way of doing something: how long, and what it took of this process and of the server.</summary>
    public static void Way(string name, Cost cost, double amount, string unit)
    {
        Line($"{name,-44} {cost.Seconds,7:0.00} s {amount / cost.Seconds,12:N0} {unit}/s   CPU {cost.CpuSeconds,5:0.0} s here, {cost.ServerCpuSeconds,5:0.0} s server  {DataSet}");
    }

    /// <summary>What it all comes to.</summary>
    public static void Ratio(string what, double ratio, string goal) => Line($"{what,-44} {ratio,7:0.00}   ({goal})");
}
