BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Invoke-GrapPromotion and Undo-GrapPromotion' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'ask before they act: <_>' -ForEach 'Invoke-GrapPromotion', 'Undo-GrapPromotion' {
        $metadata = [System.Management.Automation.CommandMetadata]::new((Get-Command $_))
        $metadata.ConfirmImpact | Should -Be 'High'
        $metadata.SupportsShouldProcess | Should -BeTrue
    }

    It 'offers strategies' { (Complete 'Invoke-GrapPromotion -Strategy ').CompletionText | Should -Be 'Apply', 'Auto', 'Swap' }

    Context 'with a recovery' -Skip:$noServer {
        BeforeAll {
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $repository = "$TestDrive/repo"
            # What other repositories show of their recoveries.
            $null = Invoke-GrapQuery 'MATCH (n:GrapProjection) DETACH DELETE n' -Session $session
            $null = Invoke-GrapQuery 'CREATE (:Promoted {value: 1})' -Session $session -Repository $repository
            $null = New-GrapBackup before -Session $session -Repository $repository -Method Bolt
            $null = Invoke-GrapQuery 'MATCH (n:Promoted) SET n.value = 2 CREATE (:Promoted {value: 3})' -Session $session -Repository $repository
            $env:NEO4J_URI = $global:GrapTestServer.Uri
            $env:NEO4J_AUTH = "$($global:GrapTestServer.Credential.UserName)/$($global:GrapTestServer.Password)"
            if ($global:GrapTestServer.Home) { $env:NEO4J_HOME = $global:GrapTestServer.Home }
            $recovered = Start-GrapRecovery before -Repository $repository
            function Value { (Invoke-GrapQuery 'MATCH (n:Promoted) RETURN n.value AS value ORDER BY value' -Session $session -ReadOnly).value }
        }
        AfterAll {
            $null = Invoke-GrapQuery 'MATCH (n) WHERE n:Promoted OR n:GrapProjection DETACH DELETE n' -Session $session
            $null = Invoke-GrapQuery 'DROP CONSTRAINT grap_projection_id IF EXISTS' -Session $session
            Reset-GrapRecovery -Repository $repository -Force | Out-Null
            Remove-GrapSession $session
            Clear-Setting
        }

        It 'is recovered and waits' { $recovered.Status | Should -Be 'RECOVERY_SUCCESS' }

        It 'shows the plan with -WhatIf and changes nothing' {
            $plan = $recovered | Invoke-GrapPromotion -Session $session -WhatIf
            $plan.Atomic | Should -BeTrue
            "$($plan.Nodes)" | Should -Be '+0 -1 ~1'
            Value | Should -Be 2, 3
            Invoke-GrapPromotion -Session $session -Repository $repository -Force -WhatIf | Should -Not -BeNullOrEmpty
            Value | Should -Be 2, 3
        }

        It 'promotes what is piped to it, and tells' {
            $result = $recovered | Invoke-GrapPromotion -Force
            $result.Status | Should -Be 'PROMOTED'
            $result.Equal | Should -BeTrue
            $result.Atomic | Should -BeTrue
            Value | Should -Be 1
            (Get-GrapRecovery -Repository $repository).PromotedToProduction | Should -BeTrue
            (Get-GrapBackup $result.SafetyBackupId -Repository $repository).Protected | Should -BeTrue
            (Get-GrapAuditLog -Repository $repository).Operation | Should -Contain 'RecoveryPromoted'
            $shown = Invoke-GrapQuery "MATCH (n:RecoveryState {id: 'recovery-current'}) RETURN n.status AS status" -Session $session -ReadOnly
            $shown.status | Should -Be 'PROMOTED'
            $result | Format-Table | Out-String | Should -Match 'PROMOTED'
        }

        It 'refuses to promote twice, and the audit log has it' {
            { Invoke-GrapPromotion -Repository $repository -Force } |
                Should -Throw -ErrorId (ErrorId RecoveryStateInvalid Invoke-GrapPromotion)
            @(Get-GrapAuditLog -Repository $repository | Where-Object { $_.Operation -eq 'RecoveryPromoted' -and $_.Result -eq 'failure' }) |
                Should -HaveCount 1
        }

        It 'undoes it' {
            Undo-GrapPromotion -Repository $repository -Session $session -WhatIf
            Value | Should -Be 1
            $undone = Undo-GrapPromotion -Repository $repository -Session $session -Force
            $undone.Status | Should -Be 'RECOVERY_SUCCESS'
            $undone.Equal | Should -BeTrue
            Value | Should -Be 2, 3
            (Get-GrapAuditLog -Repository $repository).Operation | Should -Contain 'PromotionUndone'
        }

        It 'says what Swap would do, or what it needs' -Skip:(-not $global:GrapTestServer.Home) {
            { $recovered | Invoke-GrapPromotion -Strategy Swap -Force -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId SettingInvalid Invoke-GrapPromotion)
            { $recovered | Invoke-GrapPromotion -ProductionUnavailable -Container graph -DataPath $TestDrive -Force -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId DataFolderUnavailable Invoke-GrapPromotion)
            { $recovered | Invoke-GrapPromotion -ProductionUnavailable -Strategy Apply -Force -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId SettingInvalid Invoke-GrapPromotion)
            $plan = $recovered | Invoke-GrapPromotion -Session $session -Strategy Swap -SystemdUnit neo4j -WhatIf
            "$($plan.Strategy)" | Should -Be 'Swap'
            "$($plan.Steps)" | Should -Match 'systemd unit neo4j'
            Value | Should -Be 2, 3
        }

        It 'goes with -Force the way that the plan shows: by Swap, where applying would not be atomic' -Skip:(-not $global:GrapTestServer.Home -or $IsWindows) {
            # A server that cannot be stopped, so that nothing is exchanged; applying would have changed values.
            $ways = @{ StopCommand = 'exit 3'; StartCommand = 'true'; Stepwise = $true; Session = $session }
            $plan = $recovered | Invoke-GrapPromotion @ways -WhatIf
            "$($plan.Strategy)" | Should -Be 'Swap'
            { $recovered | Invoke-GrapPromotion @ways -Force -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId PromotionFailed Invoke-GrapPromotion)
            Value | Should -Be 2, 3
            (Get-GrapRecovery -Repository $repository).Status | Should -Be 'RECOVERY_SUCCESS'
            $tried = Get-GrapAuditLog PromotionStarted -Repository $repository -First 1
            $tried.Details['strategy'] | Should -BeExactly 'Swap'
        }

        It 'is what a recovery does by itself where the settings say so' {
            Reset-GrapRecovery -Repository $repository -Force | Out-Null
            $env:PROMOTE_AFTER_VALIDATION = 'true'
            $recovered, $result = Start-GrapRecovery before -Repository $repository
            $env:PROMOTE_AFTER_VALIDATION = $null
            $recovered.Status | Should -Be 'RECOVERY_SUCCESS'
            $result.Status | Should -Be 'PROMOTED'
            Value | Should -Be 1
            (Undo-GrapPromotion -Repository $repository -Force).Equal | Should -BeTrue
        }

        It 'says so where there is nothing to undo' {
            { Undo-GrapPromotion -Repository $repository -Session $session -Force } |
                Should -Throw -ErrorId (ErrorId RecoveryStateInvalid Undo-GrapPromotion)
        }
    }
}
