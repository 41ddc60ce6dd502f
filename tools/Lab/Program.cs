using Grap;
using Grap.Bolt;
using Grap.Lab;

if (args is not ["serve", .. var words])
{
    Console.Error.WriteLine(ServeArguments.Usage);
    return 2;
}

try
{
    var arguments = ServeArguments.Parse(words, Environment.GetEnvironmentVariable, Console.Error.WriteLine);
    await new ServeCommand(Console.In, Console.Out).RunAsync(arguments, CancellationToken.None);
    return 0;
}
catch (Exception failed) when (failed is LabException or GrapException or BoltException)
{
    Console.Error.WriteLine(failed.Message);
    return 1;
}
