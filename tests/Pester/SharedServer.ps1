# Dot-sourced in BeforeDiscovery: starts one Neo4j for all test files of this process, unless one is running. The server belongs to the lab,
# which ends it when this process ends. Where none can be had, $GrapTestServer.Problem says why, and what needs a server is skipped.
if (-not (Test-Path Variable:global:GrapTestServer)) {
    $global:GrapTestServer = & {
        $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
        $lab = Get-ChildItem -Path "$root/artifacts/bin/Grap.Lab/*/Grap.Lab.dll" -ErrorAction Ignore |
            Sort-Object LastWriteTime | Select-Object -Last 1
        if (-not $lab) { return [pscustomobject]@{ Problem = 'tools/Lab is not built.' } }

        $password = [guid]::NewGuid().ToString('N')
        $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet')
        foreach ($argument in $lab.FullName, 'serve', '--auth', 'GRAP_LAB_PASSWORD', '--graph', 'generated', '--size', '2000') {
            $start.ArgumentList.Add($argument)
        }
        $start.Environment['GRAP_LAB_PASSWORD'] = $password
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $complaint = $process.StandardError.ReadToEndAsync()
        $line = $process.StandardOutput.ReadLine()
        if (-not $line) { return [pscustomobject]@{ Problem = $complaint.GetAwaiter().GetResult().Trim() } }

        $server = $line | ConvertFrom-Json
        $secret = ConvertTo-SecureString $password -AsPlainText -Force
        [pscustomobject]@{
            Problem       = $null
            Uri           = $server.uri
            Password      = $password
            Credential    = [System.Management.Automation.PSCredential]::new($server.user, $secret)
            Version       = $server.version
            Home          = $server.home
            Nodes         = $server.nodes
            Relationships = $server.relationships
            Process       = $process
        }
    }
    if ($global:GrapTestServer.Problem) {
        Write-Warning "Tests that need a Neo4j are skipped: $($global:GrapTestServer.Problem)"
    }
}
$noServer = [bool]$global:GrapTestServer.Problem
