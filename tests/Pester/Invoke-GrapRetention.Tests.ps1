BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Invoke-GrapRetention' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach { Clear-Setting }

    It 'asks before it acts' {
        $metadata = [System.Management.Automation.CommandMetadata]::new((Get-Command Invoke-GrapRetention))
        $metadata.ConfirmImpact | Should -Be 'High'
        $metadata.SupportsShouldProcess | Should -BeTrue
    }

    It 'says that a repository is not there' {
        { Invoke-GrapRetention -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Invoke-GrapRetention)
    }

    It 'says that the setting makes no sense' {
        $env:BACKUP_RETENTION_DAYS = 'many'
        { Invoke-GrapRetention -Repository $TestDrive } | Should -Throw -ErrorId (ErrorId SettingInvalid Invoke-GrapRetention)
    }

    Context 'with backups' -Skip:$noServer {
        BeforeAll {
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $template = "$TestDrive/template"
            foreach ($id in 'one', 'two', 'three') { $null = New-GrapBackup -Session $session -Repository $template -Id $id -Method Bolt }
            Remove-GrapSession $session
        }
        BeforeEach {
            $repository = "$TestDrive/repo-$([guid]::NewGuid())"
            Copy-Item -LiteralPath $template -Destination $repository -Recurse
        }

        It 'says under -WhatIf what it would do and why, and does nothing' {
            $before = Get-ChildItem -LiteralPath $repository -Force | Get-FileHash
            $decisions = Invoke-GrapRetention -Last 1 -Repository $repository -WhatIf
            $decisions.Id | Should -Be 'three', 'two', 'one'
            $decisions.Action | Should -Be 'Keep', 'Remove', 'Remove'
            $decisions.Done | Sort-Object -Unique | Should -Be $false
            $decisions[0].Reason | Should -BeExactly 'Kept: the newest of its database, among the newest kept by number.'
            $decisions[1].Reason | Should -BeExactly 'No rule keeps it.'
            (Get-ChildItem -LiteralPath $repository -Force | Get-FileHash).Hash | Should -Be $before.Hash
        }

        It 'moves to the trash, from where it comes back' {
            $decisions = Invoke-GrapRetention -Last 1 -Repository $repository -Force
            ($decisions | Where-Object Done).Id | Should -Be 'two', 'one'
            (Get-GrapBackup -Repository $repository).Id | Should -Be 'three'
            $trashed = Get-GrapBackup -Trashed -Repository $repository
            $trashed.Id | Sort-Object | Should -Be 'one', 'two'
            $trashed[0].TrashedAt | Should -Not -BeNullOrEmpty
            (Undo-GrapBackupRemoval one -Repository $repository).Id | Should -BeExactly 'one'
            (Test-GrapBackup one -Repository $repository).Passed | Should -BeTrue
            (Get-GrapBackup -Repository $repository).Id | Should -Be 'three', 'one'
        }

        It 'keeps for the days of the settings where no rule is given' {
            $env:BACKUP_RETENTION_DAYS = '1'
            (Invoke-GrapRetention -Repository $repository -Force).Reason | Should -Match 'within the days to keep'
        }

        It 'never goes below the minimum, nor takes pinned ones and the last proven one' {
            $null = Protect-GrapBackup one -Repository $repository
            $null = Test-GrapBackup two -Repository $repository
            (Invoke-GrapRetention -Last 1 -Minimum 3 -Repository $repository -Force).Action | Should -Be 'Keep', 'Keep', 'Keep'
        }

        It 'purges the trash where there is no grace' {
            $null = Invoke-GrapRetention -Last 1 -Repository $repository -Force
            $decisions = Invoke-GrapRetention -Last 1 -GraceDays 0 -Repository $repository -Force
            ($decisions | Where-Object Done).Action | Sort-Object -Unique | Should -Be 'Purge'
            Get-GrapBackup -Trashed -Repository $repository | Should -BeNullOrEmpty
            (Get-ChildItem -LiteralPath $repository -Force -Filter '*one*') | Should -BeNullOrEmpty
        }

        It 'removes nothing after a failed attempt, and warns' {
            $env:NEO4J_URI = 'bolt://127.0.0.1:1'
            try { New-GrapBackup -Repository $repository -Method Bolt } catch { $failure = $_ }
            $failure.FullyQualifiedErrorId | Should -BeExactly (ErrorId ServerUnavailable New-GrapBackup)
            Clear-Setting
            $decisions = Invoke-GrapRetention -Last 1 -Repository $repository -Force -WarningVariable warnings -WarningAction SilentlyContinue
            $decisions.Action | Sort-Object -Unique | Should -Be 'Keep'
            "$warnings" | Should -Match 'newest attempt'
        }

        It 'is in the audit log' {
            $null = Invoke-GrapRetention -Last 2 -Repository $repository -Force
            $entries = Get-GrapAuditLog -Repository $repository -First 2
            $entries.Operation | Should -Be 'RetentionApplied', 'BackupTrashed'
            $entries[1].Details['reason'] | Should -BeExactly 'No rule keeps it.'
            (Test-GrapAuditLog -Repository $repository).Passed | Should -BeTrue
        }
    }
}
