#!/usr/bin/env bash
# Time and peak memory of a fit whose features are many times larger than the memory limit. 10,000 different images are
# derived from those of a folder (vary.py, run by /usr/bin/python3 with numpy and Pillow). Their features, 784 patches of
# 1,024 values each, take 32 GB in $TMPDIR.
# usage: large.sh GOOD_FOLDER RESNET50V2.onnx [options of fit ...]      COUNT=1000 for another number of images
set -euo pipefail
[ $# -ge 2 ] || { sed -n 2,4p "$0"; exit 2; }
good=$(realpath "$1") network=$(realpath "$2"); shift 2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dotnet build -c Release -v q "$root/src/SemiDefect.Anomaly.Cli" > /dev/null
program="$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 "$here/vary.py" "$good" "${COUNT:-10000}" "$work/images"
/usr/bin/time -f '%e %M' -o "$work/time" "$program" fit "$work/images" --preset amazon --resize 224 --resize-kind squash --crop none \
    --backbone "$network" --taps stage2,stage3 --coreset 0.01 --max-memory 4GiB --out "$work/model.sdad" --json "$@" > "$work/fit.json"
read -r seconds kilobytes < "$work/time"
number() { grep -o "\"$1\": *[0-9]*" "$work/fit.json" | head -1 | grep -o '[0-9]*$'; }
printf '%s images, %s patches, bank of %s: %s s, %s MB resident at most\n' \
    "${COUNT:-10000}" "$(number patches)" "$(number rows)" "$seconds" "$((kilobytes / 1000))"
