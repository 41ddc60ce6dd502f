namespace Grap.Lab;

/// <summary>What the lab cannot do, in one sentence that says how it could.</summary>
public sealed class LabException(string message, Exception? inner = null) : Exception(message, inner);
