#!/usr/bin/env bash
# How the cost of a fit grows with the number of images: time and peak memory, as a table.
# usage: cost.sh GOOD_FOLDER [options of fit ...]      COUNTS="50 100" for other numbers of images
set -euo pipefail
[ $# -ge 1 ] || { sed -n 2,3p "$0"; exit 2; }
good=$(realpath "$1"); shift
root=$(cd "$(dirname "$0")/../.." && pwd)
dotnet build -c Release -v q "$root/src/SemiDefect.Anomaly.Cli" > /dev/null
program="$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t images < <(find -L "$good" -maxdepth 1 -type f | LC_ALL=C sort)
printf '| images | patches | memory bank | seconds | peak memory | detector file |\n|---|---|---|---|---|---|\n'
for count in ${COUNTS:-50 100 200 400 700}; do
    [ "$count" -le "${#images[@]}" ] || { echo "cost.sh: '$good' has ${#images[@]} images, not $count" >&2; exit 2; }
    mkdir "$work/$count"
    for ((i = 0; i < count; i++)); do
        ln -s "${images[i * ${#images[@]} / count]}" "$work/$count/"
    done
    /usr/bin/time -f '%e %M' -o "$work/time" "$program" fit "$work/$count" --preset fast --out "$work/model.sdad" --json "$@" > "$work/fit.json"
    read -r seconds kilobytes < "$work/time"
    patches=$(grep -o '"patches": [0-9]*' "$work/fit.json" | head -1 | grep -o '[0-9]*$')
    rows=$(grep -o '"rows": [0-9]*' "$work/fit.json" | head -1 | grep -o '[0-9]*$')
    printf '| %s | %s | %s | %s | %s MB | %s MB |\n' "$count" "$patches" "$rows" "$seconds" "$((kilobytes / 1000))" "$(($(stat -c %s "$work/model.sdad") / 1000000))"
done
