#!/usr/bin/env bash
# few.sh RESULTS.tsv SET...: fits on 1, 2, 4, 8 and 16 good images of each set, and evaluates on the others.
# Each count is drawn 5 times: the images in the order of the SHA-256 of the draw and their name. Every draw is fitted
# as with more images (--few-images off; with one image, with a fixed threshold) and with the defaults. RESULTS.tsv gets
# a line per evaluation; lines that it has already are not computed again. Prints a Markdown table.
#
# COUNTS, DRAWS, TESTS (images of each class to evaluate on, evenly spaced) and SEMIDEFECT (the program) change this.
set -euo pipefail
export LC_ALL=C
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${SEMIDEFECT:-$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect}
counts=${COUNTS:-1 2 4 8 16}
draws=${DRAWS:-5}
tests=${TESTS:-30}
if [ $# -lt 1 ]; then
    echo "few.sh RESULTS.tsv SET...: give the file of results and the folders of the sets." >&2
    exit 2
fi
results=$1
shift
touch "$results"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

images() { find "$1" -type f \( -name '*.png' -o -name '*.jpg' -o -name '*.jpeg' \); }

# spread COUNT: that many lines of the input, evenly spaced.
spread() { awk -v most="$1" '{ line[NR] = $0 } END { n = NR < most ? NR : most
    for (i = 0; i < n; i++) print line[int(i * NR / n) + 1] }'; }

# place TARGET: copies the files of the input; their names stay different.
place() {
    mkdir -p "$1"
    while read -r file; do cp "$file" "$1/$(basename "$(dirname "$file")")-$(basename "$file")"; done
}

number() { sed -n "s/^ *\"$1\": \([0-9.eE+-]*\),*$/\1/p" "$2" | head -n 1; }

for set in "$@"; do
    name=$(basename "$set")
    rm -rf "$work/set"
    images "$set/test/good" | sort | spread "$tests" | place "$work/set/test/good"
    images "$set/test" | grep -v '/test/good/' | sort | spread "$tests" | place "$work/set/test/defect"
    for draw in $(seq 1 "$draws"); do
        images "$set/train/good" | sort | while read -r file; do
            echo "$(printf '%s:%s' "$draw" "$(basename "$file")" | sha256sum | cut -d ' ' -f 1) $file"
        done | sort | cut -d ' ' -f 2- > "$work/order"
        for count in $counts; do
            rm -rf "$work/set/train"
            head -n "$count" "$work/order" | place "$work/set/train/good"
            for fit in plain few; do
                key="$name	$count	$draw	$fit"
                grep -q "^$key	" "$results" && continue
                options=()
                if [ "$fit" = plain ]; then
                    options=(--few-images off)
                    [ "$count" = 1 ] && options+=(--fixed-threshold 1000000)
                fi
                "$program" evaluate "$work/set" --json "${options[@]}" > "$work/result.json" 2> "$work/errors" \
                    || { cat "$work/errors" >&2; exit 1; }
                row=$key
                for value in image_auroc true_positives false_negatives false_positives true_negatives; do
                    row="$row	$(number "$value" "$work/result.json")"
                done
                echo "$row" >> "$results"
            done
        done
    done
done

# The mean and the standard deviation over draws, by count and set, then by count over all sets.
awk -F '\t' '
function spread(sum, square, n) { v = n > 1 ? (square - sum * sum / n) / (n - 1) : 0; return v > 0 ? sqrt(v) : 0 }
function cell(k) { return sprintf("%.3f ± %.3f", sum[k] / n[k], spread(sum[k], square[k], n[k])) }
function share(a, b) { return b > 0 ? sprintf("%.0f %%", 100 * a / b) : "-" }
{
    if (!($1 in seen)) { seen[$1] = 1; sets[++setCount] = $1 }
    if (!($2 in known)) { known[$2] = 1; counts[++countCount] = $2 + 0 }
    split($1 "\t" $2 "\t" $4 "|all\t" $2 "\t" $4, keys, "|")
    for (i in keys) { k = keys[i]; n[k]++; sum[k] += $5; square[k] += $5 * $5
        found[k] += $6; defects[k] += $6 + $7; alarms[k] += $8; good[k] += $8 + $9 }
    meanOf[$1 "\t" $2 "\t" $4] = 1
}
END {
    for (i = 2; i <= countCount; i++) for (j = i; j > 1 && counts[j] < counts[j - 1]; j--) {
        t = counts[j]; counts[j] = counts[j - 1]; counts[j - 1] = t }
    print "| set | images | AUROC, as with more images | AUROC, defaults | found | defaults | false alarms | defaults |"
    print "|---|---|---|---|---|---|---|---|"
    sets[++setCount] = "all"
    for (s = 1; s <= setCount; s++) for (c = 1; c <= countCount; c++) {
        p = sets[s] "\t" counts[c] "\tplain"; f = sets[s] "\t" counts[c] "\tfew"
        if (!(p in n) || !(f in n)) continue
        one = counts[c] == 1
        printf "| %s | %d | %s | %s | %s | %s | %s | %s |\n", sets[s], counts[c], cell(p), cell(f), \
            one ? "-" : share(found[p], defects[p]), share(found[f], defects[f]), \
            one ? "-" : share(alarms[p], good[p]), share(alarms[f], good[f])
    }
}' "$results"
