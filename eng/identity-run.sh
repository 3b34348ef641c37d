#!/usr/bin/env bash
# identity-run.sh FOLDER PROGRAM...: runs every command whose output must be the same on every machine inside FOLDER, which
# contains good/ (training images), new/ (images to score), labeled/ (a data set in MVTec's layout) and optionally formats/
# and network.onnx; then prints one line for each output file: command, file, SHA-256, separated by tabs.
# The times in evaluation.json are the only part of the output that may differ, and are removed; reports carry a time that
# is given.
set -euo pipefail
export SOURCE_DATE_EPOCH=1700000000
cd "$1"
shift
program=("$@")
network=()
if [ -f network.onnx ]; then network=(--backbone network.onnx); fi
fit_options=(${FIT_OPTIONS:-})
score_options=()
if [ "${RUN_THREADS:-}" ]; then
    fit_options+=(--threads "$RUN_THREADS")
    score_options+=(--threads "$RUN_THREADS")
fi
if [ "${RUN_BATCH:-}" ]; then fit_options+=(--batch "$RUN_BATCH"); fi

# call NAME ARGUMENT...: standard output and the exit code go to out/NAME.txt, standard error to NAME.err.
call() {
    local name=$1 code=0
    shift
    "${program[@]}" "$@" > "out/$name.txt" 2> "$name.err" || code=$?
    echo "exit code $code" >> "out/$name.txt"
    case $code in
        0 | 3 | 4 | 5) ;;
        *)
            echo "'$name' failed with exit code $code: ${program[*]} $*" >&2
            head -n 5 "$name.err" >&2
            exit 1
            ;;
    esac
}

# table NAME PATH...: hashes the files below the paths.
table() {
    local name=$1
    shift
    find "$@" -type f | LC_ALL=C sort | while read -r file; do
        printf '%s\t%s\t%s\n' "$name" "$file" "$(sha256sum < "$file" | cut -d' ' -f1)"
    done
}

rm -rf out
mkdir out
call fit fit good --out out/model.sdad "${network[@]}" "${fit_options[@]}"
call threshold threshold out/model.sdad --false-alarm-rate 0.5 --out out/changed.sdad
call score score out/changed.sdad new --out out/results.csv --heatmaps out/heatmaps --side-by-side --masks out/masks \
    --raw out/raw --report out/score.html --json "${score_options[@]}"
table fit out/model.sdad out/fit.txt
table threshold out/changed.sdad out/threshold.txt
table score out/results.csv out/heatmaps out/masks out/raw out/score.html out/score.txt
if [ "${ONLY_FIT_AND_SCORE:-}" ]; then exit 0; fi

call info info out/changed.sdad --json
table info out/info.txt
call fingerprint fingerprint out/changed.sdad
call verify verify out/changed.sdad
table verify out/fingerprint.txt out/verify.txt
call update update out/model.sdad new --out out/updated.sdad
table update out/updated.sdad out/update.txt
# Detectors that whiten patches differently cannot be merged. Two small sizes merge as two large ones do; other networks
# may have a fixed one.
sizes=(--scales 96,160)
if [ -f network.onnx ]; then sizes=("${network[@]}"); fi
call one fit good --out out/one.sdad --whitening false "${sizes[@]}"
call other fit new --out out/other.sdad --whitening false "${sizes[@]}"
call merge merge out/one.sdad out/other.sdad --out out/merged.sdad
table merge out/one.sdad out/other.sdad out/merged.sdad out/merge.txt
call features features new --out out/features.npy "${network[@]}" "${fit_options[@]}"
table features out/features.npy
call pair fit new --out out/pair.sdad --backbone compact,resnet18 --resize 128
call projection fit good --out out/projection.sdad --preset fast --resize 96 --coreset 50 --projection reconpatch:32 \
    --projection-steps 40
table projection out/projection.sdad out/projection.txt
call tuned fit good --out out/tuned.sdad --resize 64 --coreset 50 --tune quick
table tuned out/tuned.sdad out/tuned.txt
call pair-score score out/pair.sdad new --out out/pair.csv
table pair out/pair.sdad out/pair.txt out/pair.csv out/pair-score.txt
call quantize backbone quantize compact good --out out/eight.onnx --images 4
call eight features new --backbone out/eight.onnx --out out/eight.npy "${fit_options[@]}"
table quantize out/eight.onnx out/eight.json out/quantize.txt out/eight.npy
if [ ! -f network.onnx ]; then
    call int8 fit good --out out/int8.sdad --precision int8 --scales 96,160
    call int8-score score out/int8.sdad new --out out/int8.csv
    table int8 out/int8.sdad out/int8.txt out/int8.csv out/int8-score.txt
fi
if [ -d formats ]; then
    call formats score out/model.sdad formats --out out/formats.csv --raw out/formats --raw-format npy
    table formats out/formats.csv out/formats out/formats.txt
fi
if [ -d labeled ]; then
    call evaluate evaluate labeled --model out/model.sdad --out out/evaluation --resamples 200
    sed -i.bak '/"timing": {/,/}/d' out/evaluation/evaluation.json
    rm out/evaluation/evaluation.json.bak
    table evaluate out/evaluation out/evaluate.txt
    call check check labeled --quick --json
    table check out/check.txt
    call rehearse rehearse out/model.sdad labeled/test/good --images 1 --sizes 16 --contrasts 0.6 --out out/rehearsal --json
    table rehearse out/rehearsal out/rehearse.txt
fi
call sample sample --out out/sample --count 1
table sample out/sample > sample.table
printf 'sample\tout/sample (%d files)\t%s\n' "$(wc -l < sample.table)" "$(sha256sum < sample.table | cut -d' ' -f1)"
