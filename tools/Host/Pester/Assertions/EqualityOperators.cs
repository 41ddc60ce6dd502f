using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary><c>-Be</c> and <c>-BeExactly</c>.</summary>
public sealed class BeOperator(bool exactly) : ShouldOperator
{
    [Parameter(Position = 0)]
    public object? ExpectedValue { get; set; }

    public override bool TakesAll => true;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        Value.AreEqual(ExpectedValue, actual, exactly),
        negated,
        (exactly ? "exactly " : string.Empty) + Value.Format(ExpectedValue),
        actual);
}

/// <summary><c>-BeTrue</c> and <c>-BeFalse</c>, by PowerShell's notion of truth.</summary>
public sealed class BeTrueOperator(bool expected) : ShouldOperator
{
    public override bool TakesAll => true;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        LanguagePrimitives.IsTrue(actual) == expected, negated, expected ? "$true" : "$false", actual);
}

/// <summary><c>-BeNullOrEmpty</c>: nothing, an empty text, collection or dictionary.</summary>
public sealed class BeNullOrEmptyOperator : ShouldOperator
{
    public override bool TakesAll => true;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) =>
        Verdict(IsNullOrEmpty(Value.Single(actual)), negated, "$null or empty", actual);

    private static bool IsNullOrEmpty(object? value) => Value.Bare(value) switch
    {
        null => true,
        string text => text.Length == 0,
        ICollection many => many.Count == 0,
        _ => false,
    };
}

/// <summary>The four operators of order.</summary>
public sealed class OrderOperator(string words, Func<int, bool> holds) : ShouldOperator
{
    [Parameter(Position = 0)]
    public object? ExpectedValue { get; set; }

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        holds(LanguagePrimitives.Compare(actual, ExpectedValue, ignoreCase: true, CultureInfo.InvariantCulture)),
        negated,
        $"a value {words} {Value.Format(ExpectedValue)}",
        actual);
}

/// <summary><c>-BeOfType</c>: the type itself or one derived from it.</summary>
public sealed class BeOfTypeOperator : ShouldOperator
{
    [Parameter(Position = 0, Mandatory = true)]
    public object ExpectedType { get; set; } = null!;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated)
    {
        var type = Value.Bare(ExpectedType) as Type
            ?? LanguagePrimitives.ConvertTo<Type>(ExpectedType.ToString()!.Trim('[', ']'));
        return Verdict(type.IsInstanceOfType(Value.Bare(actual)), negated, $"a value of type [{type}]", actual);
    }
}
