#!/usr/bin/env bash
# Checks the native library: publishes it, compiles the C sample and eng/native/checks.c with gcc, and compares what C
# and Python get with what the command line gives, bit for bit: scores, decisions and anomaly maps.
#
#   eng/native.sh [--no-build]
#
# --no-build takes the command line that "dotnet build -c Release" has built.
# Linux only; requires the .NET 10 SDK, gcc, and clang, which links the library. Without a compiler, or without Python,
# the parts that need them are reported as skipped. Windows is not tried: Wine cannot link native libraries.
# Ends with "native: N passed, N failed, N skipped" and with exit code 1 if anything failed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
build=yes
case ${*:-} in
    '') ;;
    --no-build) build= ;;
    *) echo "native.sh: unknown option '$*'; see the head of the file." >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

skip() {
    skipped=$((skipped + 1))
    printf 'SKIPPED    %s: %s\n' "$1" "$2"
}

# verdict NAME COMMAND...: one check.
verdict() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        printf 'same       %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'DIFFERENT  %s\n' "$name"
    fi
}

# tally FILE: counts the lines of checks.c and checks.py.
tally() {
    grep -v '^ok' "$1" || true
    passed=$((passed + $(grep -c '^ok ' "$1" || true)))
    failed=$((failed + $(grep -c '^FAILED ' "$1" || true)))
}

finish() {
    echo "native: $passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
    exit
}

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    skip library "this is not Linux on x64."
    finish
fi
for tool in gcc clang make; do
    if ! command -v "$tool" > /dev/null; then
        skip library "$tool is not here (Debian: apt-get install gcc clang zlib1g-dev make)."
        finish
    fi
done

# make_it COMMAND...: retries, because the packages come from the network.
make_it() {
    local try
    for try in 1 2 3; do
        if "$@" -c Release --nologo > "$work/make.log" 2>&1; then
            return
        fi
        sleep 5
    done
    cat "$work/make.log" >&2
    failed=$((failed + 1))
    finish
}

echo "${build:+Building the command line, and }publishing the native library ..."
[ -z "$build" ] || make_it dotnet build "$root/src/SemiDefect.Anomaly.Cli"
semidefect=$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect
make_it dotnet publish "$root/src/SemiDefect.Anomaly.Native" -r linux-x64 -o "$work/native"
verdict "no warning about trimming or compiling" test -z "$(grep -E 'warning (IL|CA|CS)' "$work/make.log" || true)"

# Two working sizes, as by default, but small ones.
data=$root/datasets.sample/logic-die
"$semidefect" fit "$data/train/good" --out "$work/model.sdad" --scales 96,160 > /dev/null
images=("$(find "$data/test/good" -name '*.png' | LC_ALL=C sort | head -n 1)" "$(find "$data/test/scratch" -name '*.png' | LC_ALL=C sort | head -n 1)")
cp "$root/tests/Golden/Imaging/kinds/exif-6.jpg" "$work/turned.jpg"
cp "$root/tests/Golden/Imaging/kinds/rgb-16.tif" "$work/wide.tif"
images+=("$work/turned.jpg" "$work/wide.tif")

make -s -C "$root/samples/NativeC" NATIVE="$work/native" OUT="$work/inspect"
gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I"$work/native" -o "$work/checks" "$here/native/checks.c" \
    -L"$work/native" -l:semidefect_native.so -Wl,-rpath,"$work/native" -lm -lpthread

python=$(command -v python3 || true)
export PYTHONPATH=$root/samples/NativePython PYTHONDONTWRITEBYTECODE=1 SEMIDEFECT_NATIVE=$work/native/semidefect_native.so

# compare NAME IMAGE COMMAND...: score, threshold, decision and map of a client with those of the command line.
compare() {
    local name=$1 image=$2
    shift 2
    if ! "$@" "$work/model.sdad" "$image" --map "$work/map.f32" > "$work/client.txt"; then
        verdict "$name" false
        return
    fi
    # Both print the shortest or 17 digits of a number of 64 bits, which stand for one number only.
    verdict "$name, score" test "$(awk 'NR == 1 { printf "%s %.17g %.17g", $1, $2, $3 }' "$work/client.txt")" = "$(
        awk -F'[:,]' '
            /"score"/ { score = $2 } /"threshold"/ { threshold = $2 } /"decision"/ { decision = $2 }
            END { gsub(/[" ]/, "", decision); printf "%s %.17g %.17g", decision, score, threshold }' "$work/score.json")"
    verdict "$name, map" cmp -s "$work/map.f32" <(tail -c "$(stat -c %s "$work/map.f32")" "$work/raw.npy")
}

for image in "${images[@]}"; do
    rm -rf "$work/raw"
    "$semidefect" score "$work/model.sdad" "$image" --json --raw "$work/raw" --raw-format npy > "$work/score.json"
    mv "$work/raw/"*.npy "$work/raw.npy"
    compare "C, ${image##*/}" "$image" "$work/inspect"
    if [ -n "$python" ]; then
        compare "Python, ${image##*/}" "$image" "$python" "$root/samples/NativePython/inspect_images.py"
    fi
done

head -c 900 "${images[1]}" > "$work/bad.png"
"$work/checks" "$work/model.sdad" "${images[1]}" "$work/bad.png" > "$work/checks.txt" || echo "FAILED exit code of checks" >> "$work/checks.txt"
tally "$work/checks.txt"
if [ -n "$python" ]; then
    "$python" "$here/native/checks.py" "$work/model.sdad" "${images[1]}" > "$work/python.txt" || echo "FAILED exit code of checks.py" >> "$work/python.txt"
    tally "$work/python.txt"
else
    skip Python "python3 is not here."
fi
finish
