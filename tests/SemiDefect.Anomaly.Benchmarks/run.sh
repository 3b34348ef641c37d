#!/usr/bin/env bash
# Measures and prints the first table of benchmark.md, alternating between this engine and its peers, and the covering radii.
# Usage: run.sh TRANSISTORS TILES RESNET50V2.onnx RESNET18.onnx PEERS
#   TRANSISTORS  a folder of good images (100 in benchmark.md), the last of which provides the queries
#   TILES        another folder, with at least 82 images, for the bank of 64,000 rows
#   PEERS        the folder of knn_faiss.py and coreset_torch.py, run by /usr/bin/python3 with numpy, faiss, torch and
#                torchvision
# BEST_PEERS=1 tunes the peers instead of using their defaults.
# WORK=FOLDER keeps the arrays, and reuses existing ones.
set -euo pipefail
transistors=$1 tiles=$2 resnet50=$3 resnet18=$4 peers=$5
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
semidefect="$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect"
[ -x "$semidefect" ] || dotnet build -c Release "$root/src/SemiDefect.Anomaly.Cli"
if [ -n "${WORK:-}" ]; then
    work=$WORK
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

whole=(--preset amazon --resize 224 --resize-kind squash --crop none)
network50=(--backbone "$resnet50" --taps stage2,stage3)
network18=(--backbone "$resnet18" --taps layer2,layer3)
[ -f "$work/transistors.npy" ] || "$semidefect" features "$transistors" "${whole[@]}" "${network50[@]}" --out "$work/transistors.npy"
[ -f "$work/tiles.npy" ] || "$semidefect" features "$tiles" "${whole[@]}" "${network50[@]}" --out "$work/tiles.npy"

# Detectors of all images except the last: their banks are coresets.
if [ ! -d "$work/all_but_last" ]; then
    mkdir -p "$work/all_but_last" "$work/last"
    cp "$transistors"/* "$work/all_but_last"
    mv "$work/all_but_last/$(LC_ALL=C ls "$work/all_but_last" | tail -n 1)" "$work/last"
fi
[ -f "$work/resnet50.sdad" ] || "$semidefect" fit "$work/all_but_last" "${whole[@]}" "${network50[@]}" --coreset 0.101 --out "$work/resnet50.sdad" >&2
[ -f "$work/resnet18.sdad" ] || "$semidefect" fit "$work/all_but_last" "${whole[@]}" "${network18[@]}" --coreset 0.101 --out "$work/resnet18.sdad" >&2
[ -f "$work/resnet18_queries.npy" ] || "$semidefect" features "$work/last" "${whole[@]}" "${network18[@]}" --out "$work/resnet18_queries.npy"
/usr/bin/python3 - "$work" <<'PYTHON'
import json, os, struct, sys
import numpy as np

work = sys.argv[1]
per_image = 784
transistors = np.load(f"{work}/transistors.npy", mmap_mode="r")
tiles = np.load(f"{work}/tiles.npy", mmap_mode="r")
chance = np.random.default_rng(0)


def bank_of(name):
    path = f"{work}/{name}.sdad"
    with open(path, "rb") as file:
        header_length = struct.unpack("<Q", file.read(64)[16:24])[0]
        section = next(s for s in json.loads(file.read(header_length))["sections"] if s["name"] == "bank.0.vectors")
    start = (64 + header_length + 63) // 64 * 64 + section["offset"]
    return np.fromfile(path, np.float32, section["length"] // 4, offset=start).reshape(-1, 1024)


def some_of(rows, count):
    return rows[np.sort(chance.permutation(len(rows) - per_image)[:count])]


np.save(f"{work}/queries.npy", transistors[-per_image:])
np.save(f"{work}/random.npy", some_of(transistors, 7840))
np.save(f"{work}/coreset.npy", bank_of("resnet50")[:7840])
np.save(f"{work}/resnet18_bank.npy", bank_of("resnet18")[:7840])
np.save(f"{work}/tile_queries.npy", tiles[-per_image:])
np.save(f"{work}/tile_bank.npy", some_of(tiles, 64000))
np.save(f"{work}/gaussian.npy", chance.standard_normal((16000, 1024), dtype=np.float32))
np.save(f"{work}/gaussian_queries.npy", chance.standard_normal((per_image, 1024), dtype=np.float32))
PYTHON

# When tuned, peers keep memory between calls, and OpenBLAS 0.3.21, which treats unknown newer processors like one from
# 2004, is told the processor's features.
best=(MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=500000000)
if OPENBLAS_VERBOSE=2 /usr/bin/python3 -c 'import numpy' 2>&1 | grep -q Prescott; then
    best+=("OPENBLAS_CORETYPE=$(grep -q avx512bw /proc/cpuinfo && echo SkylakeX || echo Haswell)")
fi
settings=()
[ -z "${BEST_PEERS:-}" ] || settings=("${best[@]}")
peer() { env "${settings[@]}" /usr/bin/python3 "$@"; }

number() { grep -oE "\"$1\": *[0-9.eE+-]+" | grep -oE '[0-9.eE+-]+$'; }
middle() { sort -g | sed -n 2p; }
row() {
    awk -v n="$1" -v a="$2" -v b="$3" '
        function shown(t) { return t < 1 ? sprintf("%.4g ms", 1000 * t) : sprintf("%.4g s", t) }
        BEGIN { printf "| %s | %s | %s | %.1f |\n", n, shown(a), shown(b), b / a }'
}
compare() {
    local name=$1 bank=$2 queries=$3 k=$4 ours=() theirs=()
    for _ in 1 2 3; do
        ours+=("$("$semidefect" bench --search "$bank" "$queries" --k "$k" --json | number median_s)")
        theirs+=("$(peer "$peers/knn_faiss.py" "$bank" "$queries" "$k" | number median_s)")
    done
    row "$name" "$(printf '%s\n' "${ours[@]}" | middle)" "$(printf '%s\n' "${theirs[@]}" | middle)"
}

echo "| work | ours | peer | ratio |"
echo "|---|---|---|---|"
for k in 1 5; do
    compare "search, transistors, random bank of 7,840, k $k" "$work/random.npy" "$work/queries.npy" "$k"
    compare "search, transistors, coreset of 10 %, k $k" "$work/coreset.npy" "$work/queries.npy" "$k"
    compare "search, tiles, bank of 64,000, k $k" "$work/tile_bank.npy" "$work/tile_queries.npy" "$k"
done
compare "search, Gaussian (nothing to prune), bank of 16,000, k 1" "$work/gaussian.npy" "$work/gaussian_queries.npy" 1

# Each pick of the peer costs the same, so 784 of them, timed three times, represent 7,840. Its covering radius requires
# all of them, once.
ours=() theirs=() forward=() fit=() latency=() chain=()
for _ in 1 2 3; do
    ours+=("$("$semidefect" bench --coreset "$work/transistors.npy" 0.1 --json | number median_s)")
    theirs+=("$(peer "$peers/coreset_torch.py" "$work/transistors.npy" 0.01 | number seconds)")
    start=$(date +%s.%N)
    "$semidefect" fit "$transistors" "${whole[@]}" "${network50[@]}" --coreset 0.1 --out "$work/whole.sdad" >&2
    fit+=("$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')")
    forward+=("$(peer "$here/forward_torch.py" 100 | number seconds)")
    latency+=("$("$semidefect" bench "$work/resnet18.sdad" --images "$transistors" --json | number latency_p50_s)")
    chain+=("$(peer "$here/one_image_torch.py" "$work/resnet18_bank.npy" "$work/resnet18_queries.npy" | number median_s)")
done
picks=$(awk -v a="$(printf '%s\n' "${theirs[@]}" | middle)" 'BEGIN { print 10 * a }')
row "coreset, 10 % of 78,400" "$(printf '%s\n' "${ours[@]}" | middle)" "$picks"
row "whole fit, 100 transistors, ResNet50v2, 10 %" \
    "$(printf '%s\n' "${fit[@]}" | middle)" \
    "$(awk -v a="$picks" -v b="$(printf '%s\n' "${forward[@]}" | middle)" 'BEGIN { print a + b }')"
peer_radius=$(env "${best[@]}" /usr/bin/python3 "$peers/coreset_torch.py" "$work/transistors.npy" 0.1 | number covering_radius)
our_radius=$("$semidefect" bench --coreset "$work/transistors.npy" 0.1 --json | number covering_radius)
row "one image, decode to decision, ResNet18, 10 %" "$(printf '%s\n' "${latency[@]}" | middle)" "$(printf '%s\n' "${chain[@]}" | middle)"
echo
echo "Covering radius of the coreset of 10 %: ours $our_radius, the peer's $peer_radius"
