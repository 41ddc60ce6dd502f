#!/usr/bin/env bash
# ./build.sh [TASK] [options]         runs build.ps1: Build, Test, Demo, Package, Bench, Fuzz, Torture, Clean
# ./build.sh run FILE.ps1 [arguments] runs a script with the built module at hand
# With pwsh 7.4 or later where there is one, and otherwise with the project's own host (tools/Host).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
host=$root/artifacts/host
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDTERMINALLOGGER=off

if ! command -v dotnet >/dev/null; then
    echo 'The .NET SDK 10 is needed: https://dot.net/download' >&2
    exit 127
fi

has_pwsh() {
    command -v pwsh >/dev/null || return 1
    [[ $(pwsh -NoProfile -NonInteractive --version 2>/dev/null) =~ PowerShell\ ([0-9]+)\.([0-9]+) ]] || return 1
    (( BASH_REMATCH[1] > 7 || (BASH_REMATCH[1] == 7 && BASH_REMATCH[2] >= 4) ))
}

newer_than() { # MARK PATH...: whether a file under one of the paths was changed after MARK, or MARK is missing
    local mark=$1
    shift
    [[ ! -e $mark ]] || [[ -n $(find "$@" -newer "$mark" \( -name '*.cs' -o -name '*.ps*1*' -o -name '*.csproj' \
        -o -name '*.props' -o -name '*.md' -o -name '*.txt' \) -print -quit) ]]
}

publish_host() { # [options]; in folders of its own, as it is built for this platform alone
    dotnet publish "$root/tools/Host" -c Release -o "$host" -nologo -v quiet -nodeReuse:false \
        -p:ArtifactsPath="$root/artifacts/host-build" \
        -p:NuGetLockFilePath="$root/artifacts/host-build/packages.lock.json" -p:RestoreLockedMode=false "$@"
}

ensure_host() {
    newer_than "$host/.built" "$root/tools/Host" "$root"/Directory.*.props || return 0
    echo 'Building the script host ...' >&2
    mkdir -p "$root/artifacts"
    local log=$root/artifacts/host.log
    # Compiled ahead of time it starts in half the time; where that compiler cannot be had it works all the same.
    if ! publish_host --use-current-runtime --self-contained false -p:PublishReadyToRun=true >"$log" 2>&1 \
        && ! publish_host >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    touch "$host/.built"
}

run_script() {
    if [[ $use_pwsh ]]; then
        pwsh -NoProfile -File "$@"
    else
        dotnet "$host/Grap.Host.dll" "$@"
    fi
}

use_pwsh=
if has_pwsh; then
    use_pwsh=1
else
    ensure_host
fi

if [[ ${1:-} != run ]]; then
    run_script "$root/build.ps1" "$@"
    exit
fi

shift
if [[ $# -eq 0 ]]; then
    echo 'Usage: ./build.sh run FILE.ps1 [arguments]' >&2
    exit 64
fi
module=$root/artifacts/module/Grap/Grap.psd1
if newer_than "$module" "$root/src" "$root/docs/commands" "$root/Grap.psd1"; then
    run_script "$root/build.ps1" Build >&2
fi
if [[ $use_pwsh ]]; then
    # pwsh imports the module at its first command.
    PSModulePath=$root/artifacts/module:${PSModulePath:-} pwsh -NoProfile -File "$@"
else
    dotnet "$host/Grap.Host.dll" --module "$module" "$@"
fi
