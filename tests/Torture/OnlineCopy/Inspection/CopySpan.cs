namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>Between which places of the ledger a copy was taken.</summary>
/// <param name="Begun">Before the copy's command began: what was acknowledged here must be in the copy.</param>
/// <param name="Ended">After it returned: what was not sent here cannot be in the copy.</param>
internal sealed record CopySpan(long Begun, long Ended);
