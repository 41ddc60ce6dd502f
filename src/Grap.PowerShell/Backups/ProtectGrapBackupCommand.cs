using System.Management.Automation;
using Grap.Backups;
using Grap.PowerShell.Backups;

namespace Grap.PowerShell;

/// <summary>Pins backups against retention and removal.</summary>
[Cmdlet(VerbsSecurity.Protect, "GrapBackup", SupportsShouldProcess = true)]
[OutputType(typeof(Backup))]
public sealed class ProtectGrapBackupCommand : BackupProtectionCommand
{
    private protected override bool Protects => true;
}
