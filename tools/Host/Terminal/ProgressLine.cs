using System.Management.Automation;

namespace Grap.Host.Terminal;

/// <summary>
/// Shows the newest progress record on one line at the foot of the terminal and wipes it before other output.
/// </summary>
internal sealed class ProgressLine(TextWriter terminal)
{
    private bool _shown;

    public void Show(long sourceId, ProgressRecord record)
    {
        _ = sourceId;
        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        var percent = record.PercentComplete >= 0 ? $" {record.PercentComplete,3}%" : string.Empty;
        var left = record.SecondsRemaining >= 0
            ? $" {TimeSpan.FromSeconds(record.SecondsRemaining):g} left"
            : string.Empty;
        var text = $"{record.Activity}{percent} {record.StatusDescription} {record.CurrentOperation}{left}";
        var width = Math.Max(Console.WindowWidth - 1, 1);
        terminal.Write("\r\e[K" + (text.Length > width ? text[..width] : text));
        _shown = true;
    }

    public void Clear()
    {
        if (!_shown)
            return;
        terminal.Write("\r\e[K");
        _shown = false;
    }
}
