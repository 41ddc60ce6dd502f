using Grap.Lab;
using Grap.Tests.Torture;
using Grap.Tests.Torture.Contention;
using Grap.Tests.Torture.Crash;
using Grap.Tests.Torture.OnlineCopy;
using Grap.Tests.Torture.Processes;
using Grap.Tests.Torture.Promotions;
using Grap.Tests.Torture.Recoveries;
using Grap.Tests.Torture.Suspension;
using Grap.Tests.Torture.Swap;

const string Copy = "copy";
const string Swap = "swap";

if (args is [ChildArguments.Word, ..])
{
    await ChildProgram.RunAsync(ChildArguments.Parse(args));
    return 0;
}

if (args is [SwapChild.Word, ..])
{
    await SwapChild.BeAsync(args);
    return 0;
}

TortureArguments arguments;
try
{
    arguments = TortureArguments.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    Console.Error.WriteLine(TortureArguments.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
try
{
    var overRepository = arguments.Runs.Where(static run => run is not (Copy or Swap)).ToList();
    if (overRepository.Count > 0)
        await RunOverRepositoryAsync(overRepository);
    if (arguments.Runs.Contains(Copy))
        await OnlineCopyRun.RunAsync(arguments, stop.Token);
    if (arguments.Runs.Contains(Swap))
        await SwapTorture.RunAsync(arguments.Versions, arguments.Moments, stop.Token);
    return 0;
}
catch (Exception failure) when (failure is not (OperationCanceledException or LabException))
{
    Console.Error.WriteLine(failure is Violation ? failure.Message : failure.ToString());
    return 1;
}
catch (LabException none)
{
    Console.Error.WriteLine(none.Message);
    return 3;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

async Task RunOverRepositoryAsync(IEnumerable<string> runs)
{
    await using var site = await Site.PrepareAsync(arguments.Server, arguments.Data, stop.Token);
    try
    {
        foreach (var run in runs)
        {
            await (run switch
            {
                "crash" => CrashRun.RunAsync(site, arguments, stop.Token),
                "hotcopy" => CrashRun.RunCopyingAsync(site, arguments, stop.Token),
                "suspend" => SuspendRun.RunAsync(site, stop.Token),
                "apply" => ApplyTorture.RunAsync(site, arguments, stop.Token),
                "recover" => RecoveryTorture.RunAsync(site, arguments, stop.Token),
                _ => ContendRun.RunAsync(site, arguments, stop.Token),
            });
        }
    }
    catch (Exception failure) when (failure is not OperationCanceledException)
    {
        site.Keep = true;
        Console.Error.WriteLine($"The repository is kept in '{site.Folder}'.");
        throw;
    }
}
