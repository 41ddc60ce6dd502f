using System.Management.Automation;

namespace Grap.Host.Pester;

internal enum TestStatus
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>How one test ended.</summary>
/// <param name="Name">Its name, expanded.</param>
/// <param name="FullName">The names of everything around it and its own.</param>
/// <param name="Reason">Why it was skipped or failed; empty when it passed.</param>
internal sealed record TestOutcome(
    string Name, string FullName, string File, TestStatus Status, string Reason, TimeSpan Duration);

/// <summary>A test said itself, by <c>Set-ItResult</c>, that it can neither pass nor fail.</summary>
internal sealed class TestSkippedException(string reason) : RuntimeException(reason);
