# The loader goes into the default load context; it puts the commands and all their dependencies into one of their own.
$loader = [System.Reflection.Assembly]::LoadFrom("$PSScriptRoot/bin/Grap.Loader.dll")
$commands = $loader.GetType('Grap.Loader.GrapLoadContext')::LoadCommands()
$inner = Import-Module -Assembly $commands -PassThru

# A second import finds the assembly in the engine's cache and then forgets to hand its cmdlets to this module
# (PowerShell issue 20710), so they are handed over here; the first time that changes nothing.
$export = [System.Management.Automation.PSModuleInfo].GetMethod(
    'AddExportedCmdlet', [System.Reflection.BindingFlags] 'Instance, NonPublic')
foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
    $null = $export.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
}
