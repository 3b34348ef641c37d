#!/usr/bin/env bash
# Compares projections of patches with plain distances (PatchCore) and with the default whitening, on one network at one
# size of 256 x 256 pixels: docs/projection.md.
#   projections.sh [-b BACKBONE=compact] [-n IMAGES] [-p "PROJECTION..."] DATASET...
# IMAGES: only so many training images and so many test images of each kind, spread evenly; 0 (the default) for all.
# Prints one line per set and projection: image AUROC, AUPRO where there are masks, defects found, false alarms, seconds.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
backbone=compact; images=0
projections='none whitening pca:128 pca:64 whiten:128 whiten:64 reconpatch:128 reconpatch:64'
while getopts b:n:p: option; do
    case $option in
        b) backbone=$OPTARG ;;
        n) images=$OPTARG ;;
        p) projections=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
tool=${SEMIDEFECT:-$here/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect.dll}
[ -f "$tool" ] || dotnet build -c Release "$here/src/SemiDefect.Anomaly.Cli" >&2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export LC_ALL=C
field() { { grep -m1 "\"$1\":" "$work/result.json" || true; } | sed 's/.*: //; s/,$//'; }

# Links to every n-th file of a folder of the MVTec layout, with its masks.
subset() { # DATASET
    local folder part i all
    for folder in "$1"/train/good "$1"/test/*; do
        part=${folder#"$1"/}
        mkdir -p "$work/set/$part"
        mapfile -t all < <(find "$folder" -type f | sort)
        for ((i = 0; i < images && i < ${#all[@]}; i++)); do
            ln -s "${all[$((images < ${#all[@]} ? i * ${#all[@]} / images : i))]}" "$work/set/$part/"
        done
    done
    [ ! -d "$1/ground_truth" ] || ln -s "$1/ground_truth" "$work/set/ground_truth"
}

printf '%-16s %-16s %7s %7s %9s %9s %6s\n' set projection AUROC AUPRO found alarms s
for dataset in "$@"; do
    dataset=$(realpath "$dataset")
    if [ "$images" -gt 0 ]; then rm -rf "$work/set"; subset "$dataset"; folder=$work/set; else folder=$dataset; fi
    for projection in $projections; do
        options=(--whitening false --projection "$projection")
        [ "$projection" != whitening ] || options=(--whitening true)
        start=$SECONDS
        dotnet "$tool" evaluate "$folder" --preset fast --backbone "$backbone" --golden-images 0 --resamples 10 --json \
            "${options[@]}" > "$work/result.json"
        printf '%-16s %-16s %7.4f %7s %9s %9s %6s\n' "$(basename "$dataset")" "$projection" "$(field image_auroc)" \
            "$(field aupro | cut -c1-6)" \
            "$(field true_positives)/$(($(field true_positives) + $(field false_negatives)))" \
            "$(field false_positives)/$(($(field false_positives) + $(field true_negatives)))" $((SECONDS - start))
    done
done
