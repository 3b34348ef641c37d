#!/usr/bin/env bash
# Compares one fit on all images with a fit on a sixth of them followed by five updates, without and with access to the
# old images, on the same test images.
#   updating.sh DATASET(MVTec layout) BACKBONE.onnx TAPS [IMAGES=240] [CORESET=0.01] [SIZE=224]
# Prints one line per detector: images, rows of the bank, threshold, AUROC, false alarms, defects found, and how many of
# the first sixth of the images, and of all training images, are still called normal.
set -euo pipefail
dataset=$(realpath "$1"); backbone=$(realpath "$2"); taps=$3; images=${4:-240}; coreset=${5:-0.01}; size=${6:-224}
here=$(cd "$(dirname "$0")/../.." && pwd)
semidefect() { dotnet "$here/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect.dll" "$@"; }
field() { grep -m1 "\"$1\":" "$2" | sed 's/.*: //; s/,$//'; }
[ -f "$here/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect.dll" ] || dotnet build -c Release "$here/src/SemiDefect.Anomaly.Cli" >&2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# Every n-th good image in ordinal order, split into six consecutive parts, so that each step adds unfamiliar images.
export LC_ALL=C
mapfile -t all < <(find "$dataset/train/good" -type f | sort)
for ((i = 0; i < images; i++)); do
    part=$((i * 6 / images))
    mkdir -p "$work/all" "$work/part$part"
    ln -s "${all[$((i * ${#all[@]} / images))]}" "$work/all/"
    ln -s "${all[$((i * ${#all[@]} / images))]}" "$work/part$part/"
done

options=(--preset fast --backbone "$backbone" --taps "$taps" --resize "$size" --coreset "$coreset" --omit-backbone)
report() { # NAME MODEL
    semidefect evaluate "$dataset" --model "$2" --backbone "$backbone" --resamples 200 --json > "$work/evaluation.json"
    semidefect info "$2" --json > "$work/info.json"
    semidefect score "$2" "$work/part0" --backbone "$backbone" --json > "$work/old.json" || true
    semidefect score "$2" "$work/all" --backbone "$backbone" --json > "$work/known.json" || true
    printf '%-12s %6s %6s %9.4f %8.4f %6s %6s   %s of first, %s of all\n' "$1" "$(field images "$work/info.json")" \
        "$(field rows "$work/info.json")" "$(field threshold "$work/known.json")" "$(field image_auroc "$work/evaluation.json")" \
        "$(field false_positives "$work/evaluation.json")" "$(field true_positives "$work/evaluation.json")" \
        "$(field normal "$work/old.json")" "$(field normal "$work/known.json")"
}

printf '%-12s %6s %6s %9s %8s %6s %6s   %s\n' detector images rows threshold AUROC alarms found 'still normal'
semidefect fit "$work/all" --out "$work/single.sdad" "${options[@]}" > /dev/null
report 'single fit' "$work/single.sdad"
semidefect fit "$work/part0" --out "$work/grown.sdad" "${options[@]}" > /dev/null
report 'first sixth' "$work/grown.sdad"
for step in 1 2 3 4 5; do
    semidefect update "$work/grown.sdad" "$work/part$step" --backbone "$backbone" > /dev/null
done
report '5 updates' "$work/grown.sdad"

semidefect fit "$work/part0" --out "$work/known.sdad" "${options[@]}" > /dev/null
mkdir "$work/known"
for step in 1 2 3 4 5; do
    cp -P "$work/part$((step - 1))/"* "$work/known/"
    semidefect update "$work/known.sdad" "$work/part$step" --known "$work/known" --backbone "$backbone" > /dev/null
done
report '..., --known' "$work/known.sdad"
