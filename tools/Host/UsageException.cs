namespace Grap.Host;

/// <summary>The host was started with arguments that it cannot use.</summary>
internal sealed class UsageException(string message) : Exception(message);
