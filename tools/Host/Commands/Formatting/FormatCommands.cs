using System.Management.Automation;
using Grap.Host.EngineAccess;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Grap.Host.Commands.Formatting;

[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand() => FormattingInternals.Shape(this, "Table");
}

[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => FormattingInternals.Shape(this, "List");
}
