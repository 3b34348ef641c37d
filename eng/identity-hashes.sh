#!/usr/bin/env bash
# identity-hashes.sh: publishes the command line for this machine, runs every command of identity-run.sh on the sample
# set, and prints the table of hashes, for comparison with another machine's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet publish "$here/../src/SemiDefect.Anomaly.Cli" -c Release --use-current-runtime --self-contained -o "$work/program" -v quiet --nologo >&2
bash "$here/identity-sample.sh" "$work/sample" >&2
program=$work/program/semidefect
if [ -f "$program.exe" ]; then program=$program.exe; fi
bash "$here/identity-run.sh" "$work/sample" "$program"
