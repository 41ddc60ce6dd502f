namespace Grap.Tests.Torture.Failpoints;

/// <summary>What a process does when it comes to a failpoint.</summary>
internal enum FailpointAction
{
    /// <summary>Kills itself before the step.</summary>
    Kill,
    /// <summary>Kills itself when half of the bytes are written.</summary>
    KillHalfway,
    /// <summary>Says so and waits before the step until it is told to go on.</summary>
    Hold,
}

/// <summary>A place to stop at.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Occurrence">At which of several times that the step is come to, from 1.</param>
/// <param name="Action">What happens there.</param>
internal sealed record Failpoint(string Step, int Occurrence, FailpointAction Action)
{
    /// <summary>What a step is called when half of it is done.</summary>
    public string Title => Action == FailpointAction.KillHalfway ? $"{Step} (half)" : Step;
}
