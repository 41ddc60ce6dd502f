#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests, shows and packs Grap.

.DESCRIPTION
The one build script. It runs in pwsh 7.4 and later, and in the project's own host (see build.sh) where there is none.

.PARAMETER Task
Build (the default): compiles everything and puts the module together in artifacts/module/Grap.
Test: builds, runs the suites, and ends with one line: N passed, N failed, N skipped.
Demo: builds and runs demo/demo.ps1.
Package: builds and writes the module as zip and nupkg to artifacts/package.
Bench: builds and runs the benchmarks.
Fuzz: builds and hands hostile input to all readers for some minutes (docs/fuzzing.md).
Torture: builds; kills, suspends and races processes over a repository a thousand times; and takes copies of servers
under load, which it kills meanwhile, and proves each (docs/torture.md).
Clean: removes what was built.

.PARAMETER Configuration
Release (the default) or Debug.

.PARAMETER Suite
Which tests: Unit, Integration, Host, Pester. Which torture: Repository, OnlineCopy, Swap. All where not given; several
separated by commas.

.PARAMETER Filter
Runs only tests whose name contains this text.

.PARAMETER Neo4jVersion
The Neo4j versions that integration tests and torture use, instead of all that the project supports.

.PARAMETER Full
Test: what takes minutes, too, and what takes long on every Neo4j version; without it such tests are left out, or run on the
long-term release alone.

.PARAMETER Copies
How many copies of servers under load Torture takes.

.PARAMETER Seed
What Torture draws its moments and settings from.

.PARAMETER Offline
Nothing is downloaded: packages come from the local cache, and the demo uses a server that is there already.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Package', 'Bench', 'Fuzz', 'Torture', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [string[]] $Suite,

    [string] $Filter,

    [string[]] $Neo4jVersion,

    [switch] $Full,

    [int] $Copies = 200,

    [int] $Seed = 1,

    [switch] $Offline
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$artifacts = [System.IO.Path]::Combine($root, 'artifacts')
$module = [System.IO.Path]::Combine($artifacts, 'module', 'Grap')
$results = [System.IO.Path]::Combine($artifacts, 'results')
$suites = @('Unit', 'Integration', 'Host', 'Pester')
$tortures = @('Repository', 'OnlineCopy', 'Swap')
$versions = @('5.13.0', '5.26.30', '2026.08.1')

function Invoke-Program([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) {
        throw "$Program $($Arguments[0]) failed with exit code $LASTEXITCODE."
    }
}

function Get-Output([string] $Project) {
    [System.IO.Path]::Combine($artifacts, 'bin', $Project, $Configuration.ToLowerInvariant())
}

function Get-Assembly([string] $Project) {
    $path = [System.IO.Path]::Combine((Get-Output $Project), "$Project.dll")
    if (-not [System.IO.File]::Exists($path)) {
        throw "$Project was not built: there is no $path."
    }
    $path
}

function New-Folder([string] $Path) {
    $null = [System.IO.Directory]::CreateDirectory($Path)
}

function Remove-Folder([string] $Path) {
    if ([System.IO.Directory]::Exists($Path)) {
        [System.IO.Directory]::Delete($Path, $true)
    }
}

function Copy-Files([string] $From, [string] $Pattern, [string] $To) {
    New-Folder $To
    foreach ($file in [System.IO.Directory]::GetFiles($From, $Pattern)) {
        [System.IO.File]::Copy($file, [System.IO.Path]::Combine($To, [System.IO.Path]::GetFileName($file)), $true)
    }
}

function Invoke-Build {
    # One compiler process for all projects, also where the environment asks for one each (72 instead of 130 s); it ends
    # with the build.
    $arguments = @('build', "$root/Grap.sln", '-c', $Configuration, '-nologo', '-v', 'quiet', '-nodeReuse:false',
        '-p:UseSharedCompilation=true')
    if ($Offline) {
        # A source that is never asked: everything must be in the package cache already.
        $arguments += '-p:RestoreIgnoreFailedSources=true'
    }
    try {
        Invoke-Program dotnet $arguments
    }
    finally {
        & dotnet build-server shutdown --vbcscompiler | Out-Null
    }
    New-Module
}

# The layout that PowerShell looks for: formats and help at the module's base, assemblies apart from them.
function New-Module {
    $bin = [System.IO.Path]::Combine($module, 'bin')
    Remove-Folder $module
    Copy-Files $root 'Grap.psd1' $module
    Copy-Files $root 'LICENSE' $module
    Copy-Files "$root/src/Grap.Loader" 'Grap.psm1' $module
    Copy-Files "$root/src/Grap.PowerShell" '*.ps1xml' $module
    Copy-Files (Get-Output 'Grap.PowerShell') '*.dll' $bin
    Copy-Files (Get-Output 'Grap.Loader') 'Grap.Loader.dll' $bin
    # The assembly to compile against; the real one is PowerShell's own.
    [System.IO.File]::Delete([System.IO.Path]::Combine($bin, 'System.Management.Automation.dll'))
    Invoke-Program dotnet @((Get-Assembly 'Grap.Help'), "$root/docs/commands", $module)
    # build.sh compares this with the sources' times.
    [System.IO.File]::SetLastWriteTimeUtc([System.IO.Path]::Combine($module, 'Grap.psd1'), [datetime]::UtcNow)
    Write-Host "The module is in $module."
}

function New-Count([string] $Name) {
    @{
        Name = $Name; Passed = 0; Failed = 0; Skipped = 0
        Skips = [System.Collections.Generic.List[string]]::new()
        Failures = [System.Collections.Generic.List[string]]::new()
    }
}

# Runs an xunit.v3 program and reads its report; without a report it has failed.
function Invoke-XunitSuite([string] $Name, [string] $Project) {
    $count = New-Count $Name
    $report = [System.IO.Path]::Combine($results, "$Name.xml")
    $arguments = @((Get-Assembly $Project), '-noLogo', '-result-xml', $report)
    if ($Filter) {
        $arguments += @('-displayName', "*$Filter*")
    }
    elseif (-not $Full) {
        $arguments += @('-trait-', 'Run=Full')
    }
    & dotnet @arguments | Out-Host
    if (-not [System.IO.File]::Exists($report)) {
        $count.Failed = 1
        $count.Failures.Add("$Name ended with exit code $LASTEXITCODE and without a report.")
        return $count
    }
    $document = [System.Xml.XmlDocument]::new()
    $document.Load($report)
    foreach ($assembly in $document.SelectNodes('//assembly')) {
        $count.Passed += [int] $assembly.GetAttribute('passed')
        $count.Failed += [int] $assembly.GetAttribute('failed') + [int] $assembly.GetAttribute('errors')
        $count.Skipped += [int] $assembly.GetAttribute('skipped')
    }
    foreach ($test in $document.SelectNodes("//test[@result='Skip']")) {
        $reason = $test.SelectSingleNode('reason')
        $text = if ($reason) { $reason.InnerText } else { 'no reason given' }
        $count.Skips.Add("$($test.GetAttribute('name')): $text")
    }
    foreach ($failure in $document.SelectNodes('//failure')) {
        $of = $failure.ParentNode.GetAttribute('name')
        $message = $failure.SelectSingleNode('message')
        $text = if ($message) { $message.InnerText } else { 'no message' }
        $count.Failures.Add("${of}: $text")
    }
    if ($count.Passed + $count.Failed + $count.Skipped -eq 0 -and -not $Filter) {
        $count.Failed = 1
        $count.Failures.Add("$Name found no test.")
    }
    $count
}

# What the integration tests run by node: the official JavaScript driver, to compare with, and readers of deployment files.
function Install-NodePackage {
    $folder = "$root/tests/Integration"
    foreach ($manifest in [System.IO.Directory]::GetFiles($folder, 'package-lock.json', 'AllDirectories')) {
        $folder = [System.IO.Path]::GetDirectoryName($manifest)
        if ($folder.Contains('node_modules') -or [System.IO.Directory]::Exists("$folder/node_modules")) {
            continue
        }
        if ($Offline -or -not (Get-Command npm -CommandType Application -ErrorAction Ignore)) {
            Write-Host "$folder has no packages: tests that need them are skipped."
            continue
        }
        Invoke-Program npm @('ci', '--prefix', $folder, '--no-audit', '--no-fund', '--silent')
    }
}

function Get-HostAssembly {
    # The copy that build.sh keeps is compiled ahead of time and starts faster.
    $kept = [System.IO.Path]::Combine($artifacts, 'host', 'Grap.Host.dll')
    if ([System.IO.File]::Exists($kept)) { $kept } else { Get-Assembly 'Grap.Host' }
}

# A process of its own, whose output waits in memory until Wait-PesterSuite shows it.
function Start-PesterSuite([string] $Name, [string] $Path, [bool] $RealPester, [string] $Module) {
    $report = [System.IO.Path]::Combine($results, "$Name.json")
    $start = if ($RealPester) {
        New-RealPester $Path $report $Module
    }
    else {
        $arguments = @((Get-HostAssembly), '--pester', $Path, '--result', $report)
        if ($Module) { $arguments += @('--module', $Module) }
        if ($Filter) { $arguments += @('--filter', $Filter) }
        [System.Diagnostics.ProcessStartInfo]::new('dotnet', [string[]] $arguments)
    }
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    @{ Name = $Name; Report = $report; Process = $process; Output = $process.StandardOutput.ReadToEndAsync() }
}

function Wait-PesterSuite([hashtable] $Started) {
    $name = $Started.Name
    $report = $Started.Report
    $count = New-Count $name
    Write-Host $Started.Output.GetAwaiter().GetResult()
    $Started.Process.WaitForExit()
    if (-not [System.IO.File]::Exists($report)) {
        $count.Failed = 1
        $count.Failures.Add("$name ended with exit code $($Started.Process.ExitCode) and without a report.")
        return $count
    }
    $document = [System.IO.File]::ReadAllText($report) | ConvertFrom-Json
    $count.Passed = [int] $document.passed
    $count.Failed = [int] $document.failed
    $count.Skipped = [int] $document.skipped
    foreach ($skip in $document.skips) {
        $count.Skips.Add("$($skip.name): $($skip.reason)")
    }
    foreach ($failure in $document.failures) {
        $count.Failures.Add("$($failure.name): $($failure.reason)")
    }
    $count
}

function New-RealPester([string] $Path, [string] $Report, [string] $Module) {
    $script = {
        $ErrorActionPreference = 'Stop'
        Import-Module Pester -MinimumVersion 5.0
        Import-Module $env:GRAP_PESTER_MODULE
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = $env:GRAP_PESTER_PATH
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'Detailed'
        if ($env:GRAP_PESTER_FILTER) {
            $configuration.Filter.FullName = "*$env:GRAP_PESTER_FILTER*"
        }
        $run = Invoke-Pester -Configuration $configuration
        $broken = @($run.FailedContainers).Count + @($run.FailedBlocks | Where-Object { $_.Tests.Count -eq 0 }).Count
        $none = [int] ($run.TotalCount -eq 0)
        $skips = @($run.Skipped | ForEach-Object {
                $reason = if ($_.ErrorRecord) { "$($_.ErrorRecord[0])" } else { 'marked -Skip' }
                @{ name = $_.ExpandedPath; reason = $reason }
            })
        $failures = @($run.Failed | ForEach-Object { @{ name = $_.ExpandedPath; reason = "$($_.ErrorRecord[0])" } })
        $counts = @{
            passed   = $run.PassedCount
            failed   = $run.FailedCount + $broken + $none
            skipped  = $run.SkippedCount
            skips    = $skips
            failures = $failures
        }
        $counts |
            ConvertTo-Json -Depth 3 |
            Set-Content -LiteralPath $env:GRAP_PESTER_REPORT
    }
    $arguments = @('-NoProfile', '-NonInteractive', '-Command', $script.ToString())
    $start = [System.Diagnostics.ProcessStartInfo]::new('pwsh', [string[]] $arguments)
    $start.Environment['GRAP_PESTER_PATH'] = $Path
    $start.Environment['GRAP_PESTER_REPORT'] = $Report
    $start.Environment['GRAP_PESTER_MODULE'] = $Module
    $start.Environment['GRAP_PESTER_FILTER'] = $Filter
    $start
}

function Test-RealPester {
    if ($Host.Name -eq 'Grap.Host') {
        return $false
    }
    $found = @(Get-Module -ListAvailable -Name Pester | Where-Object { $_.Version -ge [version] '5.0' })
    $found.Count -gt 0
}

# Those of the suites there are that were asked for; all where nothing was.
function Get-Suite([string[]] $Known) {
    $wanted = @($Suite | ForEach-Object { "$_" -split ',' } | Where-Object { $_ })
    foreach ($name in $wanted) {
        if ($name -notin $Known) {
            throw "There is no suite '$name'; there are $($Known -join ', ')."
        }
    }
    if ($wanted.Count -eq 0) { $Known } else { $wanted }
}

# Tests start a hundred Java processes, each of which lives for seconds. Most of that is reading classes and compiling what
# runs once. Without Java's second compiler a server took 11 s of processor time to come up, with the classes of a first start
# kept, too, 6 to 9 s. They are written when Java ends in peace, which is what 'stop' asks for; that once takes one to two minutes.
function Set-JavaStart {
    $classes = [System.IO.Path]::Combine($artifacts, 'neo4j-classes.jsa')
    $quick = '-XX:TieredStopAtLevel=1'
    if (-not [System.IO.File]::Exists($classes)) {
        $env:JAVA_TOOL_OPTIONS = "$quick -XX:ArchiveClassesAtExit=`"$classes`" -Xlog:disable"
        'stop' | & dotnet (Get-Assembly 'Grap.Lab') serve --graph generated --size 2000 | Out-Null
    }
    # Java passes over classes of another version or that are not there.
    $env:JAVA_TOOL_OPTIONS = "$quick -XX:SharedArchiveFile=`"$classes`" -Xlog:disable"
}

function Invoke-Test {
    $wanted = @(Get-Suite $suites)
    Invoke-Build
    if ($wanted -contains 'Integration' -or $wanted -contains 'Pester') {
        Set-JavaStart
    }
    Remove-Folder $results
    New-Folder $results
    if ($Neo4jVersion) {
        $env:GRAP_TEST_NEO4J_VERSION = $Neo4jVersion -join ','
    }
    if ($Full) {
        $env:GRAP_TEST_FULL = '1'
    }
    $pester = $null
    try {
        $counts = @(
            if ($wanted -contains 'Unit') {
                Write-Host "`n== Unit =="
                Invoke-XunitSuite 'Unit' 'Grap.Tests.Unit'
            }
            # These wait for one server most of the time. Beside the integration tests, which start one after the other, they
            # cost little.
            if ($wanted -contains 'Pester') {
                $manifest = [System.IO.Path]::Combine($module, 'Grap.psd1')
                $pester = Start-PesterSuite 'Pester' "$root/tests/Pester" (Test-RealPester) $manifest
            }
            if ($wanted -contains 'Integration') {
                Write-Host "`n== Integration =="
                Install-NodePackage
                Invoke-XunitSuite 'Integration' 'Grap.Tests.Integration'
            }
            if ($wanted -contains 'Host') {
                Write-Host "`n== Host =="
                Wait-PesterSuite (Start-PesterSuite 'Host' "$root/tests/Host" $false '')
            }
            if ($pester) {
                Write-Host "`n== Pester =="
                Wait-PesterSuite $pester
            })
    }
    finally {
        if ($pester -and -not $pester.Process.HasExited) {
            $pester.Process.Kill($true)
        }
    }
    Show-Count $counts
}

function Show-Count([object[]] $Counts) {
    $passed = 0
    $failed = 0
    $skipped = 0
    Write-Host ''
    foreach ($count in $Counts) {
        $passed += $count.Passed
        $failed += $count.Failed
        $skipped += $count.Skipped
        foreach ($skip in $count.Skips) {
            Write-Host "skipped: $skip"
        }
    }
    # Once more at the end: what stands above may be ten thousand lines away.
    foreach ($count in $Counts) {
        foreach ($failure in $count.Failures) {
            Write-Host "failed: $failure"
        }
    }
    foreach ($count in $Counts) {
        Write-Host "$($count.Name): $($count.Passed) passed, $($count.Failed) failed, $($count.Skipped) skipped."
    }
    if ($passed + $failed + $skipped -eq 0) {
        Write-Host 'No test was found.'
        $failed = 1
    }
    Write-Host "$passed passed, $failed failed, $skipped skipped"
    if ($failed -gt 0) {
        exit 1
    }
}

function Invoke-Package {
    . "$root/tools/Package/GalleryPackage.ps1"
    Invoke-Build
    $manifest = Import-PowerShellDataFile -Path "$root/Grap.psd1"
    $target = [System.IO.Path]::Combine($artifacts, 'package')
    Remove-Folder $target
    New-Folder $target
    $name = "Grap.$($manifest.ModuleVersion)"
    $zip = [System.IO.Path]::Combine($target, "$name.zip")
    [System.IO.Compression.ZipFile]::CreateFromDirectory($module, $zip)
    $package = [System.IO.Path]::Combine($target, "$name.nupkg")
    [System.IO.File]::Copy($zip, $package)
    Add-PackageManifest $package $manifest
    foreach ($file in $zip, $package) {
        $hash = [System.Convert]::ToHexString(
            [System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($file))).ToLowerInvariant()
        [System.IO.File]::WriteAllText("$file.sha256", "$hash  $([System.IO.Path]::GetFileName($file))`n")
        Write-Host "$file"
    }
}

function Invoke-Fuzz {
    Invoke-Build
    if (-not $env:GRAP_FUZZ_ITERATIONS) {
        $env:GRAP_FUZZ_ITERATIONS = '50'
    }
    Write-Host "$env:GRAP_FUZZ_ITERATIONS rounds:"
    Invoke-Program dotnet @((Get-Assembly 'Grap.Tests.Unit'), '-noLogo', '-namespace', 'Grap.Tests.Unit.Fuzz')
}

function Invoke-Torture {
    $wanted = @(Get-Suite $tortures)
    Invoke-Build
    $program = Get-Assembly 'Grap.Tests.Torture'
    if ('Repository' -in $wanted) {
        Invoke-Program dotnet @($program, 'crash', 'suspend', 'contend', 'apply', 'recover', '--kills', '1000', '--seed', "$Seed")
        Invoke-Program dotnet @($program, 'hotcopy', '--kills', '100', '--seed', "$Seed")
    }
    $chosen = if ($Neo4jVersion) { $Neo4jVersion -join ',' } else { $versions -join ',' }
    if ('OnlineCopy' -in $wanted) {
        Invoke-Program dotnet @($program, 'copy', '--copies', "$Copies", '--seed', "$Seed", '--versions', $chosen)
    }
    if ('Swap' -in $wanted) {
        Invoke-Program dotnet @($program, 'swap', '--versions', $chosen)
    }
}

function Invoke-Clean {
    # The host stays: it may be what runs this.
    foreach ($name in 'bin', 'obj', 'module', 'package', 'results') {
        Remove-Folder ([System.IO.Path]::Combine($artifacts, $name))
    }
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Test }
    'Demo' {
        Invoke-Build
        & "$root/demo/demo.ps1" -Offline:$Offline
    }
    'Package' { Invoke-Package }
    'Bench' {
        Invoke-Build
        Invoke-Program dotnet @((Get-Assembly 'Grap.Bench'))
    }
    'Fuzz' { Invoke-Fuzz }
    'Torture' { Invoke-Torture }
    'Clean' { Invoke-Clean }
}
