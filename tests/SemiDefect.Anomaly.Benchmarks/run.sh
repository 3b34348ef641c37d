#!/usr/bin/env bash
# Search and coreset on real features, side by side with the peers; prints the table of benchmark.md.
# Usage: run.sh IMAGES BACKBONE.onnx TAPS PEERS [coreset]
#   IMAGES   a folder of good images (100 in benchmark.md), the last of which gives the queries
#   PEERS    the folder of knn_faiss.py and coreset_torch.py, run by /usr/bin/python3 with numpy, faiss and torch
#   coreset  also run the coreset's peer, which takes minutes
set -euo pipefail
images=$1 backbone=$2 taps=$3 peers=$4 coreset=${5:-}
root=$(cd "$(dirname "$0")/../.." && pwd)
semidefect="$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect"
[ -x "$semidefect" ] || dotnet build -c Release "$root/src/SemiDefect.Anomaly.Cli"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$semidefect" features "$images" --preset amazon --resize 224 --resize-kind squash --crop none --backbone "$backbone" --taps "$taps" --out "$work/features.npy"
/usr/bin/python3 - "$work" <<'PYTHON'
import sys
import numpy as np

work = sys.argv[1]
features = np.load(f"{work}/features.npy", mmap_mode="r")
per_image = 784
np.save(f"{work}/queries.npy", features[-per_image:])
np.save(f"{work}/bank.npy", features[:-per_image][::10][:7840])
generator = np.random.default_rng(0)
np.save(f"{work}/gaussian_bank.npy", generator.standard_normal((16000, features.shape[1]), dtype=np.float32))
np.save(f"{work}/gaussian_queries.npy", generator.standard_normal((784, features.shape[1]), dtype=np.float32))
PYTHON

median() { grep -oE '"median_s": *[0-9.eE+-]+' | grep -oE '[0-9.eE+-]+$'; }
middle() { sort -g | sed -n 2p; }
compare() {
    local name=$1 bank=$2 queries=$3 k=$4 ours=() theirs=()
    for _ in 1 2 3; do
        ours+=("$("$semidefect" bench --search "$bank" "$queries" --k "$k" --json | median)")
        theirs+=("$(/usr/bin/python3 "$peers/knn_faiss.py" "$bank" "$queries" "$k" | median)")
    done
    local a b
    a=$(printf '%s\n' "${ours[@]}" | middle)
    b=$(printf '%s\n' "${theirs[@]}" | middle)
    awk -v n="$name" -v a="$a" -v b="$b" 'BEGIN { printf "| %s | %.1f ms | %.1f ms | %.1f |\n", n, 1000 * a, 1000 * b, b / a }'
}

echo "| work | ours | peer | ratio |"
echo "|---|---|---|---|"
compare "search, real features, k 1" "$work/bank.npy" "$work/queries.npy" 1
compare "search, real features, k 5" "$work/bank.npy" "$work/queries.npy" 5
compare "search, Gaussian, bank 16,000, k 1" "$work/gaussian_bank.npy" "$work/gaussian_queries.npy" 1
"$semidefect" bench --coreset "$work/features.npy" 0.1 --json | tr -d '\n'
echo
if [ -n "$coreset" ]; then
    /usr/bin/python3 "$peers/coreset_torch.py" "$work/features.npy" 0.1
fi
