using System.Management.Automation;

namespace Grap.Host.Commands;

/// <summary>Provider calls throw; a cmdlet writes an error for the path at hand and goes on to the next.</summary>
internal static class ItemErrors
{
    /// <returns>What <paramref name="call"/> returns, or nothing after writing the error that it threw.</returns>
    public static IEnumerable<T> Collect<T>(PSCmdlet cmdlet, string path, Func<IEnumerable<T>> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is RuntimeException and not PipelineStoppedException
            or IOException or UnauthorizedAccessException)
        {
            cmdlet.WriteError(Record(e, path));
            return [];
        }
    }

    public static void Run(PSCmdlet cmdlet, string path, Action call) => _ = Collect(cmdlet, path, () =>
    {
        call();
        return Array.Empty<object>();
    });

    private static ErrorRecord Record(Exception exception, string path) =>
        exception is RuntimeException { ErrorRecord: { } record }
            ? new ErrorRecord(record, exception)
            : new ErrorRecord(exception, exception.GetType().Name, ErrorCategory.WriteError, path);
}
