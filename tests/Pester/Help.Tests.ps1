BeforeDiscovery {
    . "$PSScriptRoot/UseModule.ps1"
    $commands = foreach ($command in Get-Command -Module Grap) {
        @{ Name = $command.Name; Parameters = @($command.Parameters.Keys | Where-Object {
                    $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters
                }) }
    }
}

Describe 'The help of <Name>' -ForEach $commands {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $help = Get-Help $Name -Full
    }

    It 'has a synopsis and a description' {
        $help.Synopsis.Trim() | Should -Match '\.$'
        ($help.Description | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'describes every parameter, and no other' {
        foreach ($parameter in $Parameters) {
            $described = $help.parameters.parameter | Where-Object Name -EQ $parameter
            ($described.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because "$Name -$parameter needs a description"
        }
        @($help.parameters.parameter) | Should -HaveCount $Parameters.Count
    }

    It 'has two examples at least, which PowerShell can parse and bind' {
        $examples = @($help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 2
        foreach ($example in $examples) {
            $errors = $null
            $ast = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref]$null, [ref]$errors)
            $errors | Should -BeNullOrEmpty
            $calls = $ast.FindAll({ param($node) $node -is [System.Management.Automation.Language.CommandAst] }, $true)
            foreach ($call in $calls | Where-Object { "$($_.GetCommandName())" -like '*-Grap*' }) {
                $known = (Get-Command $call.GetCommandName()).Parameters.Keys
                foreach ($given in $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    $known | Should -Contain $given.ParameterName
                }
            }
        }
    }

    It 'names inputs, outputs and its syntax' {
        ($help.inputTypes | Out-String).Trim() | Should -Not -BeNullOrEmpty
        ($help.returnValues | Out-String).Trim() | Should -Not -BeNullOrEmpty
        ($help.syntax | Out-String) | Should -Match $Name
    }
}

Describe 'The topic <_>' -ForEach 'about_Grap', 'about_Grap_Audit', 'about_Grap_Exactness', 'about_Grap_Health',
    'about_Grap_Retention', 'about_Grap_Settings', 'about_Grap_Verification' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'can be read' { Get-Help $_ | Out-String | Should -Match 'LONG DESCRIPTION' }
}
