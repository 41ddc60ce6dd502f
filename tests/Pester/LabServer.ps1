# Dot-sourced: starts a Neo4j through tools/Lab, which ends it when this process ends, or when its standard input is closed. Where none can be
# had, Problem says why.
function Start-LabServer([string[]] $Arguments = @()) {
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $lab = Get-ChildItem -Path "$root/artifacts/bin/Grap.Lab/*/Grap.Lab.dll" -ErrorAction Ignore |
        Sort-Object LastWriteTime | Select-Object -Last 1
    if (-not $lab) { return [pscustomobject]@{ Problem = 'tools/Lab is not built.' } }

    $password = [guid]::NewGuid().ToString('N')
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet')
    foreach ($argument in @($lab.FullName, 'serve', '--auth', 'GRAP_LAB_PASSWORD') + $Arguments) { $start.ArgumentList.Add($argument) }
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
