namespace Grap.Servers.Control;

/// <summary>How long a server may take.</summary>
public sealed record ControlLimits
{
    /// <summary>Until nothing of it runs any more, after the command that stops it has ended.</summary>
    public TimeSpan Down { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Until its database answers, after the command that starts it has ended.</summary>
    public TimeSpan Up { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two looks.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);
}
