using System.Management.Automation;
using Grap.Backups;
using Grap.PowerShell.Backups;

namespace Grap.PowerShell;

/// <summary>Lets retention and removal have backups again.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "GrapBackup", SupportsShouldProcess = true)]
[OutputType(typeof(Backup))]
public sealed class UnprotectGrapBackupCommand : BackupProtectionCommand
{
    private protected override bool Protects => false;
}
