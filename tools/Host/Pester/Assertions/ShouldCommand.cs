using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary>
/// <c>Should -Operator ...</c>. The switches name the operators; what an operator takes is a dynamic parameter, so that
/// each operator refuses the parameters of another.
/// </summary>
[Cmdlet("Pester", "Should")]
public sealed class ShouldCommand : PSCmdlet, IDynamicParameters
{
    private readonly List<object?> _input = [];
    private ShouldOperator? _operator;

    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? ActualValue { get; set; }

    [Parameter] public SwitchParameter Not { get; set; }

    [Parameter] [Alias("EQ")] public SwitchParameter Be { get; set; }

    [Parameter] [Alias("CEQ")] public SwitchParameter BeExactly { get; set; }

    [Parameter] public SwitchParameter BeTrue { get; set; }

    [Parameter] public SwitchParameter BeFalse { get; set; }

    [Parameter] public SwitchParameter BeNullOrEmpty { get; set; }

    [Parameter] [Alias("GT")] public SwitchParameter BeGreaterThan { get; set; }

    [Parameter] [Alias("GE")] public SwitchParameter BeGreaterOrEqual { get; set; }

    [Parameter] [Alias("LT")] public SwitchParameter BeLessThan { get; set; }

    [Parameter] [Alias("LE")] public SwitchParameter BeLessOrEqual { get; set; }

    [Parameter] public SwitchParameter BeIn { get; set; }

    [Parameter] public SwitchParameter BeLike { get; set; }

    [Parameter] public SwitchParameter BeLikeExactly { get; set; }

    [Parameter] [Alias("HaveType")] public SwitchParameter BeOfType { get; set; }

    [Parameter] public SwitchParameter Contain { get; set; }

    [Parameter] public SwitchParameter Exist { get; set; }

    [Parameter] public SwitchParameter FileContentMatch { get; set; }

    [Parameter] public SwitchParameter HaveCount { get; set; }

    [Parameter] public SwitchParameter HaveParameter { get; set; }

    [Parameter] public SwitchParameter Match { get; set; }

    [Parameter] [Alias("CMATCH")] public SwitchParameter MatchExactly { get; set; }

    [Parameter] public SwitchParameter Throw { get; set; }

    public object? GetDynamicParameters()
    {
        var given = ShouldOperators.Names.Where(IsGiven).ToList();
        return _operator = given.Count == 1 ? ShouldOperators.Create(given[0]) : null;
    }

    protected override void ProcessRecord() => _input.Add(ActualValue);

    protected override void EndProcessing()
    {
        if (_operator is null)
            throw new ArgumentException($"Should needs exactly one operator: {ShouldOperators.AllNames}.");
        // Nothing in the pipeline at all, as from an empty array, is $null to every operator.
        IReadOnlyList<object?> values = MyInvocation.ExpectingInput || _input.Count > 0 ? _input : [null];
        if (_operator.TakesAll)
            Check(values.ToArray());
        else
            foreach (var value in values)
                Check(value);
    }

    private void Check(object? actual)
    {
        if (_operator!.Failure(this, actual, Not) is { } failure)
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException(failure), "PesterAssertionFailed", ErrorCategory.InvalidResult, actual));
        }
    }

    private bool IsGiven(string name) => (SwitchParameter)GetType().GetProperty(name)!.GetValue(this)!;
}
