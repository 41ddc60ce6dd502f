using System.Globalization;
using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>What happens to the server while it is copied.</summary>
internal enum Disturbance
{
    /// <summary>Nothing but the writers.</summary>
    None,
    /// <summary><c>kill -9</c>.</summary>
    Kill,
    /// <summary><c>kill -9</c>, then a start, and the writers go on.</summary>
    KillAndStart,
    /// <summary>A clean stop, then a start, and the writers go on.</summary>
    StopAndStart,
}

/// <summary>What a round does, drawn from the run's seed and the round's number.</summary>
/// <param name="Number">The round's number; the first is 1.</param>
/// <param name="Life">How the server is configured, where it is started in this round.</param>
/// <param name="Writing">How long is written before the copy.</param>
/// <param name="Copying">How long the copy is made to take, by limiting its rate; null for as fast as it can.</param>
/// <param name="GivesWay">Nobody limits the copy, and it gives way to writers by itself.</param>
/// <param name="Disturbance">What happens to the server meanwhile.</param>
/// <param name="Moment">When, as a part of the pages.</param>
/// <param name="CompressionLevel">The archive's.</param>
internal sealed record RoundPlan(
    int Number, ServerLife Life, TimeSpan Writing, TimeSpan? Copying, bool GivesWay, Disturbance Disturbance,
    double Moment, int CompressionLevel)
{
    private const int DisturbedPercent = 45;
    private const int UnlimitedPercent = 20;
    private static readonly Disturbance[] s_disturbances =
        [Disturbance.Kill, Disturbance.KillAndStart, Disturbance.KillAndStart, Disturbance.StopAndStart];

    /// <summary>Draws it.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="number">The round's number.</param>
    /// <param name="startTime">How long this machine takes to start a server.</param>
    public static RoundPlan Draw(int seed, int number, TimeSpan startTime)
    {
        var random = Dice.For(seed, -3, number);
        var life = ServerLife.Draw(random);
        var writing = TimeSpan.FromSeconds(0.5 + (2 * random.NextDouble()));
        var disturbance = random.Next(100) < DisturbedPercent
            ? s_disturbances[random.Next(s_disturbances.Length)]
            : Disturbance.None;
        var moment = random.NextDouble();
        var unlimited = random.Next(100) < UnlimitedPercent;
        var seconds = 3 + (6 * random.NextDouble());
        TimeSpan? copying = disturbance switch
        {
            Disturbance.None when unlimited => null,
            Disturbance.None or Disturbance.Kill => TimeSpan.FromSeconds(seconds),
            // The server must be back while the copy still goes on.
            _ => (1.5 * startTime) + TimeSpan.FromSeconds(seconds),
        };
        if (disturbance is Disturbance.KillAndStart or Disturbance.StopAndStart)
            moment *= 0.2;
        // Every other one, so that plans of earlier runs are drawn again but for this.
        var givesWay = disturbance == Disturbance.None && !unlimited && number % 2 == 0;
        return new RoundPlan(
            number, life, writing, givesWay ? null : copying, givesWay, disturbance, moment, random.Next(2));
    }

    public override string ToString()
    {
        var copying = Copying is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"copy in {time.TotalSeconds:0.0} s")
            : GivesWay ? "copy that gives way" : "copy at full speed";
        return Disturbance == Disturbance.None
            ? copying
            : string.Create(CultureInfo.InvariantCulture, $"{copying}, {Disturbance} at {Moment:P0} of it");
    }
}
