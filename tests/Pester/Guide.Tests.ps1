# Runs the operator's guide: in every chapter the blocks marked "run", one after the other, and compares what they print with the block
# "output" that follows. There an ellipsis stands for anything on a line, and a line of nothing else for any lines; blanks, empty lines and the
# rules under a table's head do not count. Blocks marked "run linux" are left out elsewhere.
BeforeDiscovery {
    . "$PSScriptRoot/SharedServer.ps1"
    $chapters = Get-ChildItem -Path "$PSScriptRoot/../../docs/guide" -Filter '*.md' |
        Where-Object { (Get-Content -LiteralPath $_.FullName -Raw) -match '(?m)^```powershell run\b' } |
        ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
}

Describe 'The guide' {
    It 'has chapters to run' -TestCases @(@{ Count = @($chapters).Count }) { $Count | Should -BeGreaterThan 5 }
}

Describe 'The chapter <Name>' -ForEach $chapters -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        # As on a server that Grap has never seen.
        Invoke-GrapQuery 'MATCH (n:GrapProjection) WHERE n.grap_repository IS NOT NULL DETACH DELETE n' -Session $session
        Invoke-GrapQuery 'DROP CONSTRAINT grap_projection_id IF EXISTS' -Session $session
        Remove-GrapSession $session
        $folder = "$TestDrive/$([guid]::NewGuid())"
        $null = New-Item -ItemType Directory -Path $folder
        Push-Location -LiteralPath $folder
        $env:NEO4J_URI = $global:GrapTestServer.Uri
        $env:NEO4J_AUTH = "neo4j/$($global:GrapTestServer.Password)"
        $env:NEO4J_HOME = $global:GrapTestServer.Home
        $env:BACKUP_DIR = './backups'
        $formerPath = $env:PATH
        $formerModulePath = $env:PSModulePath
        if ($IsLinux) {
            . "$PSScriptRoot/PrivatePrograms.ps1"
            $env:PATH = "$(New-PrivateProgram "$folder.bin"):$formerPath"
            $env:PSModulePath = "$([System.IO.Path]::GetFullPath("$PSScriptRoot/../../artifacts/module")):$formerModulePath"
        }

        # The blocks of a page that run here: the code and what it is to print, or nothing.
        function Get-Block([string] $Page) {
            $fence = '(?ms)^```powershell run(?<linux> linux)?\r?\n(?<code>.*?)^```\r?\n(\r?\n```output\r?\n(?<output>.*?)^```\r?$)?'
            foreach ($match in [regex]::Matches($Page, $fence)) {
                if ($match.Groups['linux'].Success -and -not $IsLinux) { continue }
                [pscustomobject]@{ Code = $match.Groups['code'].Value; Output = $match.Groups['output'].Value; HasOutput = $match.Groups['output'].Success }
            }
        }

        function Get-Line([string] $Text) {
            foreach ($line in $Text -split '\r?\n') {
                $plain = ($line -replace '\s+', ' ').Trim()
                if ($plain -and $plain -notmatch '^[- ]+$') { $plain }
            }
        }

        function Get-Pattern([string] $Expected) {
            $lines = foreach ($line in Get-Line $Expected) {
                if ($line -eq '…') { '(.*\n)*?' } else { [regex]::Escape($line).Replace('…', '.*') + '\n' }
            }
            '^' + (-join $lines) + '$'
        }
    }
    AfterAll {
        Clear-Setting
        $env:PATH = $formerPath
        $env:PSModulePath = $formerModulePath
        Pop-Location
    }

    It 'prints what it says' {
        foreach ($block in Get-Block (Get-Content -LiteralPath $Path -Raw)) {
            $printed = . ([scriptblock]::Create($block.Code)) | Out-String -Width 250
            if ($block.HasOutput) {
                $lines = -join (Get-Line $printed | ForEach-Object { "$_`n" })
                $lines | Should -Match (Get-Pattern $block.Output) -Because "this was printed by: $($block.Code)"
            }
        }
    }
}

# What the guide of the scripts before has in its blocks, in its order. It is not here itself; these are its commands without what surrounds
# them, such as the login, the driver and print.
Describe 'The table of replaced commands' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $rows = foreach ($line in Get-Content -LiteralPath "$PSScriptRoot/../../docs/guide/commands.md") {
            if ($line -match '^\| (?<before>.+?) \| (?<now>.*) \|$' -and $Matches['now']) {
                [pscustomobject]@{ Before = $Matches['before'] -replace '\\\|', '|'; Now = $Matches['now'] -replace '\\\|', '|' }
            }
        }
    }

    It 'has <Command>' -TestCases @(
        'cd …/Grap'
        'cp .env.example .env'
        'mkdir -p data/neo4j backups'
        'docker-compose up -d'
        'docker logs grap-neo4j | grep "Schema initialization"'
        'python -m scripts.health.health_check'
        'health_check --format json'
        'health_check --detailed'
        'manager.list_backups()'
        'MATCH (a:AuditLogEntry) RETURN a.timestamp, … LIMIT 20'
        'docker logs grap-backup-scheduler --follow'
        'neo4j-admin backup'
        "manager.create_backup(backup_id='manual-…')"
        'manager.prune_old_backups(retention_days=30)'
        "manager.validate_backup('backup-id')"
        "MATCH (r:RecoveryState {id: 'recovery-current'}) RETURN r.status, …"
        'RETURN r.status, …`, or `RETURN {…}`'
        "orchestrator.restore_with_validation('backup-id')"
        'orchestrator.promote_backup_to_production()'
        'orchestrator.cancel_recovery_operation()'
        "--format json --detailed | jq '.'"
        'NeoDBUnhealthy'
        'docker logs grap-backup-scheduler`, or of any container'
        'docker exec grap-neo4j df -h /backups'
        'docker exec grap-backup-scheduler python -m scripts.health.health_check'
        "MATCH (r:RecoveryState {id: 'recovery-current'}) RETURN r.validation_errors"
        'machine.reset_recovery_state()'
        'docker stats grap-neo4j'
        'docker exec grap-neo4j ping localhost'
        'timeouts in `health-check.py`'
        'docker exec grap-neo4j /app/scripts/setup/init-neo4j.sh'
        'bash scripts/setup/init-neo4j.sh'
        'MATCH (a:AuditLogEntry) RETURN {…} LIMIT 50'
    ).ForEach({ @{ Command = $_ } }) {
        @($rows | Where-Object { $_.Before.Contains($Command) }) | Should -Not -BeNullOrEmpty
    }

    It 'names commands and parameters that are there' {
        $named = [regex]::Matches($rows.Now -join "`n", '\b(?<name>[A-Z][a-z]+-Grap\w+)(?<rest>[^`\n]*)')
        $named.Count | Should -BeGreaterThan 20
        foreach ($match in $named) {
            $command = Get-Command $match.Groups['name'].Value -ErrorAction Stop
            foreach ($parameter in [regex]::Matches($match.Groups['rest'].Value, '(?<= -)[A-Z]\w+')) {
                $command.Parameters.Keys | Should -Contain $parameter.Value -Because $match.Value
            }
        }
    }
}
