@{
    RootModule           = 'Grap.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0d6d0e-3a52-4f5c-9f0a-6c1f0f2b7d41'
    Author               = 'The Grap authors'
    CompanyName          = 'The Grap authors'
    Copyright            = 'Copyright (c) The Grap authors. MIT license.'
    Description          = 'Backs up a running Neo4j, Community included, while it is written to, and proves the backup.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('Grap.Format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Compare-GrapBackup'
        'Export-GrapBackup'
        'Export-GrapMetric'
        'Export-GrapReport'
        'Get-GrapAuditLog'
        'Get-GrapBackup'
        'Get-GrapBackupSchedule'
        'Get-GrapConfiguration'
        'Get-GrapHealth'
        'Get-GrapRecovery'
        'Get-GrapSession'
        'Initialize-GrapSchema'
        'Invoke-GrapBackupJob'
        'Invoke-GrapPromotion'
        'Invoke-GrapQuery'
        'Invoke-GrapRetention'
        'New-GrapBackup'
        'New-GrapSession'
        'Protect-GrapBackup'
        'Register-GrapBackupSchedule'
        'Remove-GrapBackup'
        'Remove-GrapSession'
        'Reset-GrapRecovery'
        'Start-GrapRecovery'
        'Stop-GrapRecovery'
        'Test-GrapAuditLog'
        'Test-GrapBackup'
        'Undo-GrapBackupRemoval'
        'Undo-GrapPromotion'
        'Unprotect-GrapBackup'
        'Unregister-GrapBackupSchedule'
        'Wait-GrapRecovery'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @(
                'Neo4j', 'Backup', 'Restore', 'Graph', 'Database', 'Cypher', 'Bolt', 'Linux', 'MacOS', 'Windows',
                'PSEdition_Core')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
