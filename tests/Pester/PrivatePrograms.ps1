# Dot-sourced in BeforeAll: a folder of programs for the PATH, so that what is run here changes nothing of the machine. crontab keeps its table
# in that folder; pwsh is the real one, or the project's own host where there is none.
function New-PrivateProgram([string] $Folder) {
    $null = New-Item -ItemType Directory -Path $Folder
    Set-Content -LiteralPath "$Folder/crontab" -Value '#!/bin/sh', "table='$Folder/table'",
        'if [ "$1" = - ]; then exec cat > "$table"; fi', '[ -e "$table" ] || { echo "no crontab for $USER" >&2; exit 1; }', 'exec cat "$table"'
    $programs = @("$Folder/crontab")
    if (-not (Get-Command pwsh -CommandType Application -ErrorAction Ignore)) {
        $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
        $hostAssembly = Get-ChildItem -Path "$root/artifacts/host/Grap.Host.dll", "$root/artifacts/bin/Grap.Host/*/Grap.Host.dll" -ErrorAction Ignore | Select-Object -First 1
        # The script is the last argument of what a schedule runs, and of pwsh -c. pwsh would import the module at its first command.
        Set-Content -LiteralPath "$Folder/pwsh" -Value '#!/bin/sh', 'for last; do :; done', "printf '%s' `"`$last`" > '$Folder/job.ps1'",
            "exec dotnet '$($hostAssembly.FullName)' --module '$root/artifacts/module/Grap/Grap.psd1' '$Folder/job.ps1'"
        $programs += "$Folder/pwsh"
    }
    chmod 755 @programs
    $Folder
}
