Describe 'Unregister-GrapBackupSchedule' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'is not content with a name that there is none of' {
        { Unregister-GrapBackupSchedule no-such-schedule -Force -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId ScheduleNotFound Unregister-GrapBackupSchedule)
    }
}
