#Requires -Version 7.4
<#
.SYNOPSIS
Shows Grap's main job from end to end on a real Neo4j: back up while others write, restore to prove it, list,
damage a copy and see it refused.

.PARAMETER Offline
Download nothing: use a Neo4j that is on this machine, or go on without one.

.PARAMETER Neo4jVersion
The Neo4j to start.
#>
param(
    [switch] $Offline,
    [string] $Neo4jVersion = '5.26.30'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/Stage.ps1"
Import-Module ([System.IO.Path]::Combine($PSScriptRoot, '..', 'artifacts', 'module', 'Grap', 'Grap.psd1'))

$folder = New-DemoFolder
$lab = $null
try {
    Write-Chapter 'A Neo4j with a real graph in it'
    $env:GRAP_DEMO_PASSWORD = [guid]::NewGuid().ToString('n')
    $lab = Start-DemoServer -Version $Neo4jVersion -Offline:$Offline
    if ($lab) {
        Write-Tale ("Neo4j Community {0} is up, with {1:N0} nodes and {2:N0} relationships." -f $lab.version, $lab.nodes, $lab.relationships)
        # Settings come from the environment, from .env, or from parameters; a password never stands in a command.
        $env:NEO4J_URI = $lab.uri
        $env:NEO4J_AUTH = "neo4j/$env:GRAP_DEMO_PASSWORD"
        $env:BACKUP_DIR = [System.IO.Path]::Combine($folder, 'backups')
        Show-Step { New-GrapSession }

        Write-Chapter 'Back up while others write'
        $null = Send-DemoServer $lab 'writer on'
        Write-Tale 'A writer now commits as fast as it can. Nothing stops it while the data folder is copied.'
        Show-Step { New-GrapBackup -Id 'busy' -Tag 'demo' }
        Write-Tale 'Exact all the same: the stores were copied in whatever state they were, and the log says what to make of them.'
        Show-Step { (Get-GrapBackup -Id 'busy').Manifest.ExactnessReason }

        Write-Chapter 'Back up a server whose files are out of reach'
        Write-Tale 'Through Bolt alone every server can be read, also a remote one, and the result fits every version of Neo4j.'
        Show-Step { New-GrapBackup -Id 'remote' -Method Bolt -Tag 'demo' }
        $writing = Send-DemoServer $lab 'writer off'
        Write-Tale ("This one is Fuzzy, and Grap does not pretend: the writer committed {0:N0} transactions in all." -f $writing.committed)
        Show-Step { (Get-GrapBackup -Id 'remote').Manifest.ExactnessReason }
        Write-Tale 'In a quiet moment it is exact, too: proven to be the state after one transaction.'
        Show-Step { New-GrapBackup -Id 'quiet' -Method Bolt -Tag 'demo', 'keep' -RequireExact }
        Show-Step { (Get-GrapBackup -Id 'quiet').Manifest.Transactions }
        Show-Step { Protect-GrapBackup -Id 'quiet' }
        Write-Tale 'What the writer did between the two:'
        Show-Step { Compare-GrapBackup -ReferenceId 'remote' -DifferenceId 'quiet' }

        if ($lab.home) {
            Write-Chapter 'Prove by restoring'
            Write-Tale 'The copy that was made under the writer recovers in a scratch server of its version, is read from end to end,'
            Write-Tale "and is checked by Neo4j's own consistency check. Nothing of this touches production."
            $env:NEO4J_HOME = $lab.home
            Show-Step { $script:proof = Test-GrapBackup -Id 'busy' -Level Restore }
            Show-Step { $proof }
            Show-Step { $proof.Steps }
            Show-Step { $proof.Content | Select-Object Transaction, Fingerprint }
        }
    }
    else {
        Write-Tale 'So this goes on with the backup in samples/, made from a small graph earlier.'
        $env:BACKUP_DIR = Copy-DemoSample $folder
    }

    Write-Chapter 'List and prove'
    Show-Step { Get-GrapBackup | Test-GrapBackup -Level Structure }
    Write-Tale 'Every byte was read against its hashes; of what came through Bolt every relationship found both its endpoints, and counts'
    Write-Tale 'and fingerprint are those that were taken on the server; of what was copied the logs are one chain. The list remembers it:'
    Show-Step { Get-GrapBackup }

    Write-Chapter 'Damage one bit of a copy'
    $copy = Copy-DemoRepository $env:BACKUP_DIR ([System.IO.Path]::Combine($folder, 'damaged'))
    $damage = Edit-DemoArchive $copy
    Write-Tale $damage
    Show-Step { Get-GrapBackup -Repository $copy | Test-GrapBackup | Select-Object Id, Outcome, Condition, Problems | Format-List }
    Write-Tale 'The original is untouched, and still proven:'
    Show-Step { Get-GrapBackup | Test-GrapBackup -Quiet }

    Write-Chapter 'What a backup says of itself'
    $latest = Get-GrapBackup -Latest
    Show-Step { $latest.Manifest.Counts.NodesByLabel | Select-Object -First 5 }
    Show-Step { $latest.Manifest.Schema.Constraints + $latest.Manifest.Schema.Indexes | Select-Object -First 6 Name, Type, Cypher | Format-List }
    Write-Tale 'The format is plain: a checksum file that sha256sum reads, a manifest in JSON, blocks that docs/archive.md describes to the byte.'
    if (-not $lab) {
        Write-Tale 'To see a live backup, get a Neo4j as said above and run this again.'
    }
}
finally {
    if ($lab) {
        Stop-DemoServer $lab
    }
    Remove-DemoFolder $folder
}
