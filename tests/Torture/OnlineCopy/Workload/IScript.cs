namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Says what each transaction of a writer is. The same state has the same next transaction, in every
/// process, so that a copy's content can be foretold from nothing but how many transactions are in it.</summary>
internal interface IScript
{
    /// <summary>The transaction after those of a state.</summary>
    Step Next(WriterState state);

    /// <summary>How long the writer rests before it.</summary>
    TimeSpan RestBefore(long number);
}
