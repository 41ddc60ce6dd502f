using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary><c>-Throw</c>: runs the script block; message and error id may be wildcards.</summary>
public sealed class ThrowOperator : ShouldOperator
{
    private static readonly ScriptBlock Runner =
        ScriptBlock.Create("param($private:______block) try { $null = & $private:______block } catch { , $_ }");

    [Parameter(Position = 0)]
    public string? ExpectedMessage { get; set; }

    [Parameter(Position = 1)]
    public string? ErrorId { get; set; }

    [Parameter(Position = 2)]
    public Type? ExceptionType { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    internal override string? Failure(ShouldCommand should, object? actual, bool negated)
    {
        if (Value.Bare(actual) is not ScriptBlock block)
            throw new ArgumentException("Should -Throw looks at a script block: { ... } | Should -Throw.");
        var error = should.InvokeCommand
            .InvokeScript(useLocalScope: true, Runner, input: null, block)
            .Select(o => o?.BaseObject)
            .OfType<ErrorRecord>()
            .FirstOrDefault();
        if (negated)
        {
            return error is null
                ? null
                : $"Expected no error{Reason}, but got '{error}' ({error.FullyQualifiedErrorId}).";
        }

        if (Mismatch(error) is { } mismatch)
            return $"Expected an error{Reason}, but {mismatch}.";
        if (PassThru)
            should.WriteObject(error);
        return null;
    }

    private string? Mismatch(ErrorRecord? error)
    {
        if (error is null)
            return "nothing was thrown";
        if (ExceptionType is not null && !ExceptionType.IsInstanceOfType(error.Exception))
            return $"its exception is a [{error.Exception.GetType()}], not a [{ExceptionType}]: {error}";
        if (!IsLike(error.Exception.Message, ExpectedMessage))
            return $"its message is '{error.Exception.Message}', not like '{ExpectedMessage}'";
        return IsLike(error.FullyQualifiedErrorId, ErrorId)
            ? null
            : $"its id is '{error.FullyQualifiedErrorId}', not like '{ErrorId}': {error}";
    }

    private static bool IsLike(string text, string? pattern) => string.IsNullOrWhiteSpace(pattern)
        || new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(text);
}
