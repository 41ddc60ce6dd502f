namespace Grap.Tests.Torture;

/// <summary>A promise that was broken: what was expected, and what was found.</summary>
internal sealed class Violation(string message) : Exception(message);
