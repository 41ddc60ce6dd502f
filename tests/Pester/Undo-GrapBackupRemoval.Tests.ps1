BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Undo-GrapBackupRemoval' -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $repository = "$TestDrive/repo"
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        foreach ($id in 'one', 'two', 'three') { $null = New-GrapBackup -Session $session -Repository $repository -Id $id -Method Bolt }
    }
    BeforeEach { $null = Invoke-GrapRetention -Last 1 -Repository $repository -Force }
    AfterEach { $null = Get-GrapBackup -Trashed -Repository $repository | Undo-GrapBackupRemoval }
    AfterAll { Remove-GrapSession $session }

    It 'brings back what comes down the pipeline' {
        (Get-GrapBackup t* -Trashed -Repository $repository | Undo-GrapBackupRemoval).Id | Should -BeExactly 'two'
        (Get-GrapBackup -Trashed -Repository $repository).Id | Should -BeExactly 'one'
    }

    It 'changes nothing with -WhatIf' {
        Undo-GrapBackupRemoval one -Repository $repository -WhatIf | Should -BeNullOrEmpty
        (Get-GrapBackup -Trashed -Repository $repository) | Should -HaveCount 2
    }

    It 'says that an id is not in the trash' {
        { Undo-GrapBackupRemoval three -Repository $repository -ErrorAction Stop } |
            Should -Throw -ErrorId (ErrorId BackupNotFound Undo-GrapBackupRemoval)
        (Get-GrapAuditLog BackupRemovalUndone -Repository $repository -First 1).Result | Should -BeExactly 'failure'
    }

    It 'completes ids in the trash' {
        (Complete "Undo-GrapBackupRemoval -Repository '$repository' -Id ").CompletionText | Sort-Object | Should -Be 'one', 'two'
        (Complete "Get-GrapBackup -Repository '$repository' -Id ").CompletionText | Should -Be 'three'
    }

    It 'is the error BackupNotFound where an exact id is looked for in the trash in vain' {
        { Get-GrapBackup nothing -Trashed -Repository $repository -ErrorAction Stop } |
            Should -Throw -ErrorId (ErrorId BackupNotFound Get-GrapBackup)
        Get-GrapBackup nothing* -Trashed -Repository $repository | Should -BeNullOrEmpty
    }
}
