BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'New-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach { Clear-Setting }

    It 'needs to know where a stopped server keeps its data' {
        { New-GrapBackup -Method Dump -Repository "$TestDrive/dumps" } |
            Should -Throw -ErrorId (ErrorId DataFolderUnavailable New-GrapBackup)
    }

    It 'refuses a repository that is not a folder: <Repository>' -TestCases @(
        @{ Repository = 's3://bucket/prefix' }
        @{ Repository = 'azblob://account/container' }
    ) {
        { New-GrapBackup -Repository $Repository } | Should -Throw -ErrorId (ErrorId NotSupported New-GrapBackup)
    }

    It 'refuses a repository outside the file system' {
        { New-GrapBackup -Repository 'Env:\backups' } | Should -Throw -ErrorId (ErrorId RepositoryInvalid New-GrapBackup)
    }

    It 'refuses a compression level of <Level>' -TestCases @(@{ Level = -1 }, @{ Level = 23 }) {
        { New-GrapBackup -CompressionLevel $Level } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'refuses a BACKUP_COMPRESSION without sense' {
        $env:BACKUP_COMPRESSION = 'tight'
        { New-GrapBackup } | Should -Throw -ErrorId (ErrorId SettingInvalid New-GrapBackup)
    }

    It 'leaves no folder behind where there is no server' {
        { New-GrapBackup -Uri bolt://127.0.0.1:1 -Repository "$TestDrive/none" } |
            Should -Throw -ErrorId (ErrorId ServerUnavailable New-GrapBackup)
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'changes nothing with -WhatIf, and needs no server' {
        New-GrapBackup -Uri bolt://127.0.0.1:1 -Repository "$TestDrive/none" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/none" | Should -Not -Exist
    }

    Context 'with a server' -Skip:$noServer {
        BeforeAll {
            $server = $global:GrapTestServer
            $session = New-GrapSession $server.Uri $server.Credential
        }
        AfterAll { Remove-GrapSession $session }

        It 'takes a backup that says what it is' {
            $backup = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id first -Method Bolt -Tag nightly, test
            $backup.Id | Should -BeExactly 'first'
            $backup.Status | Should -Be 'Available'
            $backup.Method | Should -Be 'Bolt'
            $backup.Exactness | Should -Be 'Exact'
            $backup.Database | Should -BeExactly 'neo4j'
            $backup.ServerVersion | Should -BeExactly $server.Version
            $backup.Nodes | Should -Be $server.Nodes
            $backup.Relationships | Should -Be $server.Relationships
            $backup.SizeBytes | Should -Be (Get-Item -LiteralPath $backup.Path).Length
            $backup.Tags | Should -Be 'nightly', 'test'
            $backup.Fingerprint | Should -Match '^[0-9a-f]{32}$'
        }

        It 'copies the data folder of a server on this machine where nothing else is asked for' {
            $backup = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id copied
            $backup.Method | Should -Be 'HotCopy'
            $backup.Exactness | Should -Be 'Exact'
            $backup.Manifest.Physical.Files.Name | Should -Contain 'neostore.nodestore.db'
            $backup.Fingerprint | Should -BeNullOrEmpty
        }

        It 'reads no faster than it may' {
            $took = Measure-Command {
                $script:slow = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id slow -Method HotCopy -MaxBytesPerSecond 512KB
            }
            $bytes = ($slow.Manifest.Physical.Files | Measure-Object -Property Length -Sum).Sum
            # The first piece of a MiB is not waited for.
            $took.TotalSeconds | Should -BeGreaterThan (($bytes - 1MB) / 512KB)
        }

        It 'uses the settings where no parameter says otherwise' {
            $env:NEO4J_URI = $server.Uri
            $env:NEO4J_AUTH = "neo4j/$($server.Password)"
            $env:BACKUP_DIR = "$TestDrive/by-settings"
            $env:BACKUP_COMPRESSION = 'false'
            $backup = New-GrapBackup
            $backup.Repository | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/by-settings"))
            $backup.Manifest.Compression.Algorithm | Should -BeExactly 'none'
        }

        It 'proves the backup to the level asked for' {
            (New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Verify Structure).VerifiedLevel | Should -Be 'Structure'
        }

        It 'keeps the backup and claims nothing where the level cannot be checked' {
            $backup = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Method Bolt -Verify Restore -ErrorAction SilentlyContinue -ErrorVariable failures
            $backup.VerifiedLevel | Should -Not -Be 'Restore'
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId ScratchServerUnavailable New-GrapBackup)
        }

        It 'refuses an id that is taken' {
            $null = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id taken
            { New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id taken } |
                Should -Throw -ErrorId (ErrorId BackupExists New-GrapBackup)
        }

        It 'refuses the id <Id>' -TestCases @(
            @{ Id = '../outside' }
            @{ Id = 'a/b' }
            @{ Id = 'a\b' }
            @{ Id = '..' }
            @{ Id = 'CON' }
        ) {
            { New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id $Id } |
                Should -Throw -ErrorId (ErrorId BackupIdInvalid New-GrapBackup)
        }

        It 'refuses a repository that is a file' {
            Set-Content -LiteralPath "$TestDrive/file" -Value 'not a folder'
            { New-GrapBackup -Session $session -Repository "$TestDrive/file" } |
                Should -Throw -ErrorId (ErrorId RepositoryInvalid New-GrapBackup)
        }

        It 'takes sessions from the pipeline, and lists none of its own' {
            (Get-GrapSession | New-GrapBackup -Repository "$TestDrive/piped").Database | Should -BeExactly 'neo4j'
            @(Get-GrapSession) | Should -HaveCount 1
        }

        It 'refuses a session for the dump of a stopped server' {
            { New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Method Dump } |
                Should -Throw -ErrorId (ErrorId SettingInvalid New-GrapBackup)
        }

        It 'says in words which method Auto took' {
            $messages = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Verbose 4>&1 | ForEach-Object { "$_" }
            $messages -match 'Method Auto (takes HotCopy|took Bolt)' | Should -Not -BeNullOrEmpty
        }
    }
}
