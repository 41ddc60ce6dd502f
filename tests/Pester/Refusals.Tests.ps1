BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'What is no backup, or no longer one' -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $repository = "$TestDrive/repo"
        $credential = $global:GrapTestServer.Credential
        $sound = New-GrapBackup -Uri $global:GrapTestServer.Uri -Credential $credential -Repository $repository -Id sound

        # Copies the sound archive under another name, changed on the way.
        function Copy-Changed([string] $Id, [scriptblock] $Change) {
            [byte[]] $bytes = & $Change ([System.IO.File]::ReadAllBytes($sound.Path))
            [System.IO.File]::WriteAllBytes("$repository/$Id.grap", $bytes)
        }
    }
    AfterEach { Get-ChildItem -LiteralPath $repository -Filter '*.grap' | Where-Object Name -NE 'sound.grap' | Remove-Item }

    It 'is warned about where a file only has the name of an archive' {
        Set-Content -LiteralPath "$repository/foreign.grap" -Value 'my shopping list'
        (Get-GrapBackup -Repository $repository -WarningVariable warnings -WarningAction SilentlyContinue).Id | Should -Be 'sound'
        "$warnings" | Should -Match 'foreign'
    }

    It 'is refused where a file only has the name of an archive' {
        Set-Content -LiteralPath "$repository/foreign.grap" -Value 'my shopping list'
        foreach ($command in 'Get-GrapBackup', 'Test-GrapBackup') {
            { & $command foreign -Repository $repository -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId NotAnArchive $command)
        }
        { Remove-GrapBackup foreign -Repository $repository -Force -Confirm:$false -ErrorAction Stop } |
            Should -Throw -ErrorId (ErrorId NotAnArchive Remove-GrapBackup)
        Get-Content -LiteralPath "$repository/foreign.grap" | Should -BeExactly 'my shopping list'
    }

    It 'is refused where an archive lacks its beginning' {
        Copy-Changed headless { param($bytes) $bytes[1..($bytes.Length - 1)] }
        { Test-GrapBackup headless -Repository $repository -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId NotAnArchive Test-GrapBackup)
    }

    It 'is refused where the archive was written by a newer version' {
        Copy-Changed newer { param($bytes) $bytes[8] = 99; , $bytes }
        (Get-GrapBackup newer -Repository $repository).Status | Should -Be 'Unsupported'
        $result = Test-GrapBackup newer -Repository $repository
        $result.Passed | Should -BeFalse
        $result.Condition | Should -Be 'ArchiveTooNew'
    }

    It 'is refused where the archive lacks <Name>' -TestCases @(
        @{ Name = 'its last byte'; Keep = { param($bytes) $bytes[0..($bytes.Length - 2)] } }
        @{ Name = 'its second half'; Keep = { param($bytes) $bytes[0..[int]($bytes.Length / 2)] } }
    ) {
        Copy-Changed cut $Keep
        $result = Test-GrapBackup cut -Repository $repository
        $result.Failed | Should -BeTrue
        $result.Condition | Should -Be 'ArchiveCorrupt'
        Get-GrapBackup -Repository $repository -Status Available -WarningAction SilentlyContinue | ForEach-Object Id | Should -Be 'sound'
    }

    It 'is refused at every level where one byte differs' {
        Copy-Changed changed { param($bytes) $at = $bytes.Length - 300; $bytes[$at] = $bytes[$at] -bxor 255; , $bytes }
        foreach ($level in 'Checksum', 'Structure') {
            Test-GrapBackup changed -Level $level -Quiet -Repository $repository | Should -BeFalse
        }
    }

    It 'is refused where the folder is of something else' {
        $null = New-Item -ItemType Directory -Path "$TestDrive/other"
        Set-Content -LiteralPath "$TestDrive/other/thesis.txt" -Value 'years of work'
        { Get-GrapBackup -Repository "$TestDrive/other" -ErrorAction Stop } | Should -Throw -ErrorId 'Repository*'
        Get-ChildItem -LiteralPath "$TestDrive/other" | Should -HaveCount 1
    }
}
