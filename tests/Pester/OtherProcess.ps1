# Dot-sourced in BeforeAll: a script in a process of its own, run by what runs the tests.
function Start-Script([string] $Path, [hashtable] $Environment = @{}) {
    $start = [System.Diagnostics.ProcessStartInfo]::new([System.Environment]::ProcessPath)
    if ([System.IO.Path]::GetFileNameWithoutExtension([System.Environment]::ProcessPath) -eq 'dotnet') {
        $start.ArgumentList.Add([System.Environment]::GetCommandLineArgs()[0])
    }
    if ($Host.Name -ne 'Grap.Host') { '-NoProfile', '-NonInteractive', '-File' | ForEach-Object { $start.ArgumentList.Add($_) } }
    $start.ArgumentList.Add($Path)
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.RedirectStandardOutput = $true
    [System.Diagnostics.Process]::Start($start)
}
