#!/usr/bin/env bash
# Names of defects on the generated set with boxes: AP50 by type after 5, 10 and 93 labeled images, with and without
# views of them; and how often a type that was not taught is called unknown.
# usage: names.sh      LABELED="5 10" TEST=60 GOOD=30 LEFT_OUT="circle dot" for other numbers; LEFT_OUT=- for none
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${SEMIDEFECT:-}
if [ -z "$program" ]; then
    dotnet build -c Release -v q "$root/src/SemiDefect.Anomaly.Cli" > /dev/null
    program="$root/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect"
fi
read -r -a labeled <<< "${LABELED:-5 10 93}"
test=${TEST:-344} good=${GOOD:-60} most=${labeled[-1]}
types=(broken_line circle diagonal_line dot out_line quarter_circle scratch semicircle short_line square_line thick_line thin_line)
read -r -a left_out <<< "${LEFT_OUT:-${types[*]}}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" sample --boxes --out "$work/$most" --train "$most" --test "$test" --count "$good" > /dev/null
"$program" fit "$work/$most" --out "$work/plain.sdad" --planted 0 > /dev/null
for count in "${labeled[@]}"; do
    [ "$count" = "$most" ] || "$program" sample --boxes --out "$work/$count" --train "$count" --test 1 --count 1 > /dev/null
    for views in false true; do
        echo "$count labeled images, views $views"
        "$program" teach "$work/plain.sdad" "$work/$count" --views "$views" --out "$work/taught.sdad" | grep '^Names'
        "$program" evaluate "$work/$most" --model "$work/taught.sdad" --resamples 20 | sed -n '/^name/,/^mean of types/p'
    done
done
for type in "${left_out[@]}"; do
    [ "$type" != - ] || break
    number=0
    while [ "${types[number]}" != "$type" ]; do number=$((number + 1)); done
    rm -rf "$work/without"
    cp -r "$work/$most" "$work/without"
    sed -i "/^$number /d" "$work/without/labels/train"/*.txt
    "$program" teach "$work/plain.sdad" "$work/without" --views false --out "$work/taught.sdad" > /dev/null
    "$program" evaluate "$work/$most" --model "$work/taught.sdad" --resamples 20 \
        | awk -v type="$type" '$1 == type && NF == 10 { print type ", not taught: " $2 " defects, " $2 - $5 " found, " $4 " called unknown" }'
done
