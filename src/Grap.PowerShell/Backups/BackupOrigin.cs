using Grap.PowerShell.Sessions;

namespace Grap.PowerShell.Backups;

/// <summary>What a backup is taken of: a server that runs, or a database whose server is stopped.</summary>
/// <param name="Running">How to reach the server; null for a stopped one.</param>
/// <param name="Stopped">The stopped server's database; null for a running one.</param>
internal sealed record BackupOrigin(SessionTarget? Running, string? Stopped)
{
    /// <summary>The database's name; null for a server's home database before it was reached.</summary>
    public string? Database => Stopped ?? Running?.Database;

    /// <summary>Its name, for messages.</summary>
    public override string ToString() => Running?.ToString() ?? $"stopped database {Stopped}";
}
