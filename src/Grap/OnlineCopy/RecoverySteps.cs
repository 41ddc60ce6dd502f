namespace Grap.OnlineCopy;

/// <summary>Runs one step of a longer piece of work, to time it or to tell about it.</summary>
/// <param name="name">The step's name: <c>Unpack</c>, <c>Recover</c>, ….</param>
/// <param name="work">What it does; it tells the share that is done where it can.</param>
public delegate Task RecoveryStep(string name, Func<IProgress<double>, Task> work);

/// <summary>Runs steps and tells how far they are.</summary>
internal sealed class RecoverySteps(IProgress<WorkProgress>? progress, string activity)
{
    public Task RunAsync(string name, Func<IProgress<double>, Task> work)
    {
        progress?.Report(new WorkProgress(activity, name));
        return work(new Share(progress, activity, name));
    }

    private sealed class Share(IProgress<WorkProgress>? progress, string activity, string step) : IProgress<double>
    {
        public void Report(double value) =>
            progress?.Report(new WorkProgress(activity, step, Math.Clamp(value, 0, 1)));
    }
}
