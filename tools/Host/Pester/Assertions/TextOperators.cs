using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Grap.Host.Pester.Assertions;

/// <summary><c>-Match</c> and <c>-MatchExactly</c>.</summary>
public sealed class MatchOperator(bool exactly) : ShouldOperator
{
    [Parameter(Position = 0, Mandatory = true)]
    public string RegularExpression { get; set; } = string.Empty;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        Regex.IsMatch(
            actual?.ToString() ?? string.Empty,
            RegularExpression,
            exactly ? RegexOptions.CultureInvariant : RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
            TimeSpan.FromSeconds(10)),
        negated,
        $"text that matches {Value.Format(RegularExpression)}",
        actual);
}

/// <summary><c>-BeLike</c> and <c>-BeLikeExactly</c>: wildcards.</summary>
public sealed class BeLikeOperator(bool exactly) : ShouldOperator
{
    [Parameter(Position = 0, Mandatory = true)]
    [AllowEmptyString]
    public string ExpectedValue { get; set; } = string.Empty;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        new WildcardPattern(ExpectedValue, exactly ? WildcardOptions.None : WildcardOptions.IgnoreCase)
            .IsMatch(actual?.ToString() ?? string.Empty),
        negated,
        $"text like {Value.Format(ExpectedValue)}",
        actual);
}

/// <summary><c>-Exist</c>: the value is a path with something there.</summary>
public sealed class ExistOperator : ShouldOperator
{
    internal override string? Failure(ShouldCommand should, object? actual, bool negated) => Verdict(
        should.InvokeProvider.Item.Exists(actual?.ToString()), negated, "a path that exists", actual);
}

/// <summary><c>-FileContentMatch</c>: some line of the file matches, whatever its case.</summary>
public sealed class FileContentMatchOperator : ShouldOperator
{
    [Parameter(Position = 0, Mandatory = true)]
    public string ExpectedContent { get; set; } = string.Empty;

    internal override string? Failure(ShouldCommand should, object? actual, bool negated)
    {
        var path = should.GetUnresolvedProviderPathFromPSPath(actual?.ToString());
        return Verdict(
            File.ReadLines(path).Any(line =>
                Regex.IsMatch(line, ExpectedContent, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(10))),
            negated,
            $"a file with a line that matches {Value.Format(ExpectedContent)}",
            actual);
    }
}
