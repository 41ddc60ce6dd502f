# Dot-sourced in BeforeDiscovery: starts one Neo4j for all test files of this process, unless one is running. Where none can be had,
# $GrapTestServer.Problem says why, and what needs a server is skipped.
if (-not (Test-Path Variable:global:GrapTestServer)) {
    . "$PSScriptRoot/LabServer.ps1"
    $global:GrapTestServer = Start-LabServer '--graph', 'generated', '--size', '2000'
    if ($global:GrapTestServer.Problem) {
        Write-Warning "Tests that need a Neo4j are skipped: $($global:GrapTestServer.Problem)"
    }
}
$noServer = [bool]$global:GrapTestServer.Problem
