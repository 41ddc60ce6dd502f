using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;
using Grap.Host.Pester;

namespace Grap.Host.Terminal;

/// <summary>The host as scripts see it in <c>$Host</c>.</summary>
internal sealed class TerminalHost : PSHost
{
    public override string Name => "Grap.Host";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI { get; } = new TerminalInterface();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <summary>The test run that Pester's keywords belong to, if there is one.</summary>
    public PesterSession? Pester { get; init; }

    public override PSObject? PrivateData => Pester is null ? null : new PSObject(Pester);

    /// <summary>What a script set with <c>$Host.SetShouldExit</c>, if it did.</summary>
    public int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() =>
        throw new NotSupportedException("There is no nested prompt in this host.");

    public override void ExitNestedPrompt() =>
        throw new NotSupportedException("There is no nested prompt in this host.");

    public override void NotifyBeginApplication()
    {
        // Native programs share our console as it is: nothing is to be saved before they run.
    }

    public override void NotifyEndApplication()
    {
        // See NotifyBeginApplication.
    }
}
