#!/usr/bin/env bash
# identity-sample.sh FOLDER: copies a part of the sample set, and an image of every format, for identity-run.sh.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
sample=$root/datasets.sample/radio-die
target=$1

# first COUNT FOLDER TARGET: copies the first images.
first() {
    mkdir -p "$3"
    find "$2" -maxdepth 1 -type f | LC_ALL=C sort | head -n "$1" | while read -r file; do cp "$file" "$3/"; done
}

first 10 "$sample/train/good" "$target/good"

# In one folder, because fit would take folders of these names for a labeled data set and train on the good one only.
mkdir -p "$target/new"
for kind in thick_line square_line good; do
    cp "$(find "$sample/test/$kind" -maxdepth 1 -type f | LC_ALL=C sort | head -n 1)" "$target/new/$kind.png"
done

first 4 "$sample/test/good" "$target/labeled/test/good"
first 10 "$sample/train/good" "$target/labeled/train/good"
for kind in circle dot scratch thick_line; do
    first 1 "$sample/test/$kind" "$target/labeled/test/$kind"
    first 1 "$sample/ground_truth/$kind" "$target/labeled/ground_truth/$kind"
done
first 99 "$root/tests/Golden/Imaging" "$target/formats"
find "$target/formats" -type f \( -name '*.npy' -o -name '*.py' -o -name '*.md' \) -delete
