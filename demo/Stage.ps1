# What the demo stands on: narration, a lab server in a process of its own, and the copy that is damaged.

function Write-Chapter([string] $Title) {
    Write-Host ''
    Write-Host "== $Title ==" -ForegroundColor Cyan
    Write-Host ''
}

function Write-Tale([string] $Text) {
    Write-Host "   $Text" -ForegroundColor DarkGray
}

# Prints a command as a user would type it, then what it gives.
function Show-Step([scriptblock] $Step) {
    Write-Host "PS> $($Step.ToString().Trim())" -ForegroundColor Yellow
    & $Step | Out-Host
}

function New-DemoFolder {
    $path = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "grap-demo-$([guid]::NewGuid().ToString('n'))")
    $null = [System.IO.Directory]::CreateDirectory($path)
    $path
}

function Remove-DemoFolder([string] $Path) {
    if ([System.IO.Directory]::Exists($Path)) {
        [System.IO.Directory]::Delete($Path, $true)
    }
}

# Starts a Neo4j through tools/Lab and loads a graph. Returns nothing, and says why, where no Neo4j can be had.
function Start-DemoServer([string] $Version, [switch] $Offline) {
    $assembly = [System.IO.Path]::Combine($PSScriptRoot, '..', 'artifacts', 'bin', 'Grap.Lab', 'release', 'Grap.Lab.dll')
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet')
    foreach ($word in @($assembly, 'serve', '--version', $Version, '--auth', 'GRAP_DEMO_PASSWORD', '--graph', 'debian')) {
        $start.ArgumentList.Add($word)
    }
    if ($Offline) {
        $start.ArgumentList.Add('--offline')
    }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.UseShellExecute = $false
    $process = [System.Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLine()
    if (-not $line) {
        # The lab has said on standard error what is missing and how to get it.
        $process.WaitForExit()
        return
    }
    $line | ConvertFrom-Json | Add-Member -NotePropertyName process -NotePropertyValue $process -PassThru
}

function Send-DemoServer([object] $Lab, [string] $Word) {
    $Lab.process.StandardInput.WriteLine($Word)
    $Lab.process.StandardInput.Flush()
    $Lab.process.StandardOutput.ReadLine() | ConvertFrom-Json
}

function Stop-DemoServer([object] $Lab) {
    $Lab.process.StandardInput.Close()
    if (-not $Lab.process.WaitForExit(60000)) {
        $Lab.process.Kill($true)
    }
}

function Copy-DemoRepository([string] $From, [string] $To) {
    $null = [System.IO.Directory]::CreateDirectory($To)
    foreach ($file in [System.IO.Directory]::GetFiles($From)) {
        [System.IO.File]::Copy($file, [System.IO.Path]::Combine($To, [System.IO.Path]::GetFileName($file)))
    }
    $To
}

function Copy-DemoSample([string] $Folder) {
    Copy-DemoRepository ([System.IO.Path]::Combine($PSScriptRoot, '..', 'samples', 'backups')) ([System.IO.Path]::Combine($Folder, 'backups'))
}

# Flips one bit in the middle of one archive, and says so.
function Edit-DemoArchive([string] $Repository) {
    $path = [System.IO.Directory]::GetFiles($Repository, '*.grap')[0]
    $bytes = [System.IO.File]::ReadAllBytes($path)
    $place = [int] ($bytes.Length / 2)
    $bytes[$place] = $bytes[$place] -bxor 16
    [System.IO.File]::WriteAllBytes($path, $bytes)
    'One bit of {0} was flipped, at byte {1:N0} of {2:N0}.' -f [System.IO.Path]::GetFileName($path), $place, $bytes.Length
}
