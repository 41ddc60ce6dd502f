Describe 'Get-GrapBackupSchedule' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'is not content with a name that there is none of' {
        { Get-GrapBackupSchedule no-such-schedule -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId ScheduleNotFound Get-GrapBackupSchedule)
    }

    It 'is content with a pattern that nothing matches' {
        Get-GrapBackupSchedule no-such-* | Should -BeNullOrEmpty
    }
}
