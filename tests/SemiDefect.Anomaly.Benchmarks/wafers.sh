#!/usr/bin/env bash
# Wafer maps on the generated set: none against pattern by a detector that was fitted on maps without a pattern, and the
# names of the patterns after 5, 20 and 100 labeled maps of each; on balanced classes and on those of WM-811K.
# usage: wafers.sh      TRAIN="5 20" TEST=20 GOOD=100 SEED=3 for other numbers; NAMES=whole or NAMES=regions
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${SEMIDEFECT:-}
if [ -z "$program" ]; then
    dotnet build -c Release -v q "$root/src/SemiDefect.Anomaly.Cli" > /dev/null
    program="$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect"
fi
read -r -a trains <<< "${TRAIN:-5 20 100}"
test=${TEST:-40} good=${GOOD:-100} seed=${SEED:-3} names=${NAMES:-whole}
whole=()
[ "$names" != whole ] || whole=(--whole)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pictures NAME TRAIN TEST [OPTION]
pictures() {
    "$program" sample --wafers --out "$work/maps" --seed "$seed" --count "$good" --train "$2" --test "$3" "${@:4}" \
        > /dev/null
    "$program" wafers "$work/maps" --out "$work/$1" > /dev/null
    rm -rf "$work/maps"
}

# The class none is what has no name: its F1, and the mean over all nine classes.
nine() {
    awk '
        /^Data set/ { for (i = 1; i < NF; i++) if ($(i + 1) == "good") good = $i }
        /^name/ { inside = 1; next }
        /^mean of types/ { inside = 0 }
        inside && NF >= 8 { sum += $8; missed += $5; types++ }
        /^ *no defect/ { for (i = 3; i <= NF; i++) called += $i }
        END {
            right = good - called
            none = 2 * right / (good + right + missed)
            printf "none           %6d %6d without a name; F1 %.3f\nmacro F1 of %d classes %.3f\n",
                good, right, none, types + 1, (sum + none) / (types + 1)
        }'
}

pictures balanced "${trains[-1]}" "$test"
pictures imbalanced 1 "$test" --imbalanced
"$program" fit "$work/balanced" --out "$work/plain.sdad" --resize 128 --planted 0 > /dev/null
for set in balanced imbalanced; do
    echo "none against pattern, $set"
    "$program" evaluate "$work/$set" --model "$work/plain.sdad" --resamples 20 | sed -n '/^Data set/,/^mean of types/p'
done
for train in "${trains[@]}"; do
    pictures "train$train" "$train" 1
    "$program" teach "$work/plain.sdad" "$work/train$train" "${whole[@]}" --out "$work/taught.sdad" | grep '^Names'
    for set in balanced imbalanced; do
        echo "$train maps of each pattern, $names, $set"
        "$program" evaluate "$work/$set" --model "$work/taught.sdad" --resamples 2 > "$work/text"
        sed -n '/^name/,$p' "$work/text" | grep -v 'no mask'
        nine < "$work/text"
    done
done
