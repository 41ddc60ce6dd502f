# Dot-sourced in BeforeAll: the module as build.ps1 put it together, and settings of nobody. Sets no variable that a test may use.
if (-not (Get-Module Grap)) {
    Import-Module "$PSScriptRoot/../../artifacts/module/Grap/Grap.psd1" -ErrorAction Stop
}

# A developer's own settings must not reach a test, nor those of one test the next.
function Clear-Setting {
    'GRAP_ENV_FILE', 'NEO4J_URI', 'NEO4J_AUTH', 'NEO4J_DATABASE', 'NEO4J_HOME', 'NEO4J_CONF', 'NEO4J_DATA', 'BACKUP_DIR', 'BACKUP_SCHEDULE',
    'BACKUP_RETENTION_DAYS', 'BACKUP_COMPRESSION', 'PROMOTE_AFTER_VALIDATION', 'LOG_LEVEL', 'GRAP_PROJECTION', 'GRAP_METRIC_FILE', 'GRAP_HEARTBEAT_URL', 'GRAP_SCHEMA' |
        ForEach-Object { Remove-Item "Env:$_" -ErrorAction Ignore }
}

# The id of a command's error: the condition and the command's class.
function ErrorId([string] $Condition, [string] $Command) {
    "$Condition,Grap.PowerShell.$($Command.Replace('-', ''))Command"
}

# What Tab offers at the end of a line.
function Complete([string] $Line) {
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
}

# An object as a job or another computer would send it.
function Copy-Deserialized([object] $Value) {
    [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($Value))
}

Clear-Setting
if ($TestDrive) { Set-Location -LiteralPath $TestDrive }
