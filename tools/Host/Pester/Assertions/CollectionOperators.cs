using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary><c>-HaveCount</c>.</summary>
public sealed class HaveCountOperator : ShouldOperator
{
    [Parameter(Position = 0, Mandatory = true)]
    public int ExpectedValue { get; set; }

    public override bool TakesAll => true;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated)
    {
        // $null through the pipeline is one value to PowerShell, and none to whoever counts.
        var items = Value.Items(actual);
        var count = items.Count == 1 && items[0] is null ? 0 : items.Count;
        return Verdict(count == ExpectedValue, negated, $"{ExpectedValue} values", actual)
            ?.TrimEnd('.') is { } failure ? $"{failure} ({count})." : null;
    }
}

/// <summary><c>-Contain</c>: one of the values from the pipeline equals the expected one.</summary>
public sealed class ContainOperator : ShouldOperator
{
    [Parameter(Position = 0)]
    public object? ExpectedValue { get; set; }

    public override bool TakesAll => true;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        Value.Items(actual).Cast<object?>().Any(item => Value.AreEqual(item, ExpectedValue, exactly: false)),
        negated,
        $"{Value.Format(ExpectedValue)} to be among the values",
        actual);
}

/// <summary><c>-BeIn</c>: each value from the pipeline is in the expected collection.</summary>
public sealed class BeInOperator : ShouldOperator
{
    [Parameter(Position = 0)]
    public object? ExpectedValue { get; set; }

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        LanguagePrimitives.GetEnumerable(ExpectedValue)?.Cast<object?>()
            .Any(item => Value.AreEqual(item, actual, exactly: false))
            ?? Value.AreEqual(ExpectedValue, actual, exactly: false),
        negated,
        $"a value in {Value.Format(ExpectedValue)}",
        actual);
}
