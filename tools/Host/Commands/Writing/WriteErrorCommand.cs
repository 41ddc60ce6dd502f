using System.Management.Automation;

namespace Grap.Host.Commands.Writing;

[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "Message")]
public sealed class WriteErrorCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    [Alias("Msg")]
    [AllowEmptyString]
    public string? Message { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Exception")]
    public Exception Exception { get; set; } = null!;

    [Parameter(Mandatory = true, ParameterSetName = "Record")]
    public ErrorRecord ErrorRecord { get; set; } = null!;

    [Parameter(ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;

    [Parameter(ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    public string? ErrorId { get; set; }

    [Parameter(ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    public object? TargetObject { get; set; }

    [Parameter]
    public string? RecommendedAction { get; set; }

    protected override void ProcessRecord()
    {
        var record = ParameterSetName == "Record" ? ErrorRecord : Made();
        if (RecommendedAction is not null)
        {
            record.ErrorDetails = new ErrorDetails(record.ErrorDetails?.Message ?? record.Exception.Message)
            {
                RecommendedAction = RecommendedAction,
            };
        }

        WriteError(record);
    }

    private ErrorRecord Made()
    {
        var exception = ParameterSetName == "Exception" ? Exception : new WriteErrorException(Message);
        var record = new ErrorRecord(exception, ErrorId ?? exception.GetType().FullName, Category, TargetObject);
        if (ParameterSetName == "Exception" && Message is not null)
            record.ErrorDetails = new ErrorDetails(Message);
        return record;
    }
}

/// <summary>The exception of an error that is only a message.</summary>
public sealed class WriteErrorException(string? message) : RuntimeException(message);
