using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary>One operator of Should with the parameters that only it takes.</summary>
public abstract class ShouldOperator
{
    [Parameter]
    public string? Because { get; set; }

    /// <summary>Whether the operator looks at all values of the pipeline together, or at each alone.</summary>
    public virtual bool TakesAll => false;

    private protected string Reason => string.IsNullOrWhiteSpace(Because) ? string.Empty : $", because {Because}";

    /// <returns>Why the assertion does not hold, or nothing when it holds.</returns>
    internal abstract string? Failure(ShouldCommand should, object? actual, bool negated);

    /// <summary>The usual form: a statement that holds or does not.</summary>
    private protected string? Verdict(bool holds, bool negated, string expectation, object? actual) =>
        holds != negated
            ? null
            : $"Expected {(negated ? "not " : string.Empty)}{expectation}{Reason}, but got {Value.Format(actual)}.";
}
