namespace Grap.Help;

/// <summary>A page that is missing, or that does not say what it must.</summary>
internal sealed class HelpException(string message) : Exception(message);
