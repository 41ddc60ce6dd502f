using System.Collections;
using System.Management.Automation;

namespace Grap.Host.Pester;

/// <summary>Runs the test file's script blocks in scopes nested as Pester nests them.</summary>
/// <param name="cmdlet">The cmdlet on whose pipeline thread all of it happens.</param>
internal sealed class Scopes(PSCmdlet cmdlet)
{
    private const string DataVariable = "______data";

    // In a try block even an error that only ends a statement ends the test, as in Pester.
    private readonly ScriptBlock _dotSource = ScriptBlock.Create("try { $null = . $args[0] } catch { , $_ }");
    private readonly ScriptBlock _dotSourceWithData =
        ScriptBlock.Create($"try {{ $null = . $args[0] @{DataVariable} }} catch {{ , $_ }}");
    private readonly ScriptBlock _step = ScriptBlock.Create("Invoke-PesterStep $args[0]");

    /// <summary>Opens a scope below the current one, in which <paramref name="step"/> runs.</summary>
    public void Nested(Action step) => cmdlet.InvokeCommand.InvokeScript(
        useLocalScope: true, _step, input: null, new PSObject(new StepHolder(step)));

    /// <summary>Dot-sources a script block into the current scope and throws its output away.</summary>
    /// <returns>The error that ended it, or none.</returns>
    public ErrorRecord? DotSource(ScriptBlock block, TestData data)
    {
        var runner = _dotSource;
        if (data is { Given: true, Value: IDictionary values } && HasParameters(block))
        {
            cmdlet.SessionState.PSVariable.Set(DataVariable, values);
            runner = _dotSourceWithData;
        }

        try
        {
            var outcome = cmdlet.InvokeCommand.InvokeScript(useLocalScope: false, runner, input: null, block);
            return outcome.Select(o => o?.BaseObject).OfType<ErrorRecord>().FirstOrDefault();
        }
        catch (Exception e) when (e is BreakException or ContinueException)
        {
            return new ErrorRecord(e, "BreakOutsideLoop", ErrorCategory.InvalidOperation, block);
        }
    }

    /// <summary>Sets <c>$_</c>, and a variable for each key of a dictionary, in the current scope.</summary>
    public void SetVariables(TestData data)
    {
        if (!data.Given)
            return;
        cmdlet.SessionState.PSVariable.Set("_", data.Value);
        if (data.Value is not IDictionary values)
            return;
        foreach (DictionaryEntry entry in values)
            cmdlet.SessionState.PSVariable.Set(entry.Key.ToString(), entry.Value);
    }

    /// <summary>
    /// Replaces <c>&lt;name&gt;</c> and <c>&lt;name.property&gt;</c> by their values in the current scope.
    /// </summary>
    public string Expand(string template) =>
        NameTemplate.Expand(template, expression =>
            cmdlet.InvokeCommand.InvokeScript(
                useLocalScope: false, ScriptBlock.Create($"\"$({expression})\""), input: null)
            .FirstOrDefault()?.ToString() ?? string.Empty);

    private static bool HasParameters(ScriptBlock block) =>
        block.Ast is System.Management.Automation.Language.ScriptBlockAst { ParamBlock.Parameters.Count: > 0 };
}

/// <summary>Carries a step through a script to <see cref="Keywords.InvokePesterStepCommand"/>.</summary>
internal sealed record StepHolder(Action Run);
