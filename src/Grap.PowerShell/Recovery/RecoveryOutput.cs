using System.Management.Automation;
using System.Security;
using Grap.PowerShell.Running;
using Grap.Recovery.States;

namespace Grap.PowerShell.Recovery;

/// <summary>Writes a recovery to the pipeline, and beside it how to log in where staging's server was left
/// running.</summary>
internal static class RecoveryOutput
{
    private const string Credential = "StagingCredential";

    /// <summary>Writes one.</summary>
    public static void Write(PipelineWorker worker, RecoveryRecord record)
    {
        var shown = PSObject.AsPSObject(record);
        if (record.StagingServer is { } server)
            shown.Properties.Add(new PSNoteProperty(Credential, new PSCredential(server.User, Secret(server.ReadPassword()))));
        worker.Output(shown);
    }

    private static SecureString Secret(string password)
    {
        var secret = new SecureString();
        foreach (var letter in password)
            secret.AppendChar(letter);
        secret.MakeReadOnly();
        return secret;
    }
}
