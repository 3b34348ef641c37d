#!/usr/bin/env bash
# Compares a fleet on this machine with one process: the results of many images with 2 and 4 workers, one of which is
# killed every second while the NATS server is restarted once; the detector file of a fit with 1, 2 and 4 workers, and
# with two of them killed; throughput, and the cost of an image. Needs nats-server.
# A worker needs about two seconds to start; on a slow machine, KILL_EVERY=3 kills one every three seconds.
#   IMAGES=5000 TIMED=400 ROUNDS=3 bash tests/SemiDefect.Anomaly.Benchmarks/fleet.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
images=${IMAGES:-5000} timed=${TIMED:-400} rounds=${ROUNDS:-3}
tool=$PWD/src/SemiDefect.Anomaly.Cli/bin/Release/net10.0/semidefect.dll
[ -f "$tool" ] || dotnet build -c Release src/SemiDefect.Anomaly.Cli > /dev/null
server=$(command -v nats-server || echo /usr/sbin/nats-server)
die=$PWD/datasets.sample/logic-die
work=$(mktemp -d)
port=${PORT:-4337}
nats=nats://127.0.0.1:$port
cd "$work"
semidefect() { dotnet "$tool" "$@"; }
declare -A pids
stop() { for i in "${!pids[@]}"; do kill -9 "${pids[$i]}" 2> /dev/null || true; wait "${pids[$i]}" 2> /dev/null || true; done; pids=(); }
finish() { stop; kill "$broker" 2> /dev/null || true; rm -rf "$work"; }
broker=
trap finish EXIT
start_server() { "$server" -js -sd "$work/js" -a 127.0.0.1 -p "$port" > "$work/nats.log" 2>&1 & broker=$!; sleep 1; }
worker() { dotnet "$tool" fleet worker --nats "$nats" --threads 1 --name "w$1" --cache "$work/cache" > "w$1.log" 2>&1 & pids[$1]=$!; }
seconds() { local start; start=$(date +%s.%N); "$@" > /dev/null; echo "$start $(date +%s.%N)" | awk '{ printf "%.2f", $2 - $1 }'; }
median() { sort -n | awk '{ a[NR] = $1 } END { printf "%.2f", (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }
same() { if cmp -s "$1" "$2"; then echo "same bytes"; else echo "DIFFERENT"; fi; }
# links DIRECTORY COUNT: that many images, from those of the sample set.
links() {
    mkdir -p "$1"
    mapfile -t all < <(find "$die" -name '*.png' -not -path '*ground_truth*' | LC_ALL=C sort)
    for ((i = 0; i < $2; i++)); do cp "${all[$((i % ${#all[@]}))]}" "$1/$(printf %06d "$i").png"; done
}

links many "$images"
links few "$timed"
start_server
semidefect fit "$die/train/good" --preset fast --out m.sdad > /dev/null
semidefect fleet publish m.sdad --nats "$nats" > /dev/null
semidefect score m.sdad many --out expected.csv > /dev/null

for i in 1 2; do worker $i; done
semidefect fleet score --nats "$nats" --model m many --out two.csv > /dev/null
echo "$images images, 2 workers: $(same expected.csv two.csv)"

for i in 3 4; do worker $i; done
semidefect fleet score --nats "$nats" --model m many --out four.csv > /dev/null &
scoring=$!
kills=0 restarted=
while kill -0 "$scoring" 2> /dev/null; do
    sleep "${KILL_EVERY:-1}"
    victim=$((kills % 4 + 1))
    kill -9 "${pids[$victim]}" 2> /dev/null || true
    wait "${pids[$victim]}" 2> /dev/null || true
    worker $victim
    kills=$((kills + 1))
    if [ "$kills" = 10 ]; then kill "$broker"; wait "$broker" 2> /dev/null || true; start_server; restarted=", server restarted"; fi
done
wait "$scoring"
echo "$images images, 4 workers, $kills killed$restarted: $(same expected.csv four.csv)"
semidefect fleet status --nats "$nats" | grep '^Given up'
stop

for count in 1 2 4; do
    for ((i = 1; i <= count; i++)); do worker $i; done
    semidefect fleet fit "$die/train/good" --nats "$nats" --preset fast --out f.sdad > /dev/null
    echo "fit with $count workers: $(same m.sdad f.sdad)"
    [ $count = 4 ] || stop
done
semidefect fleet fit "$die/train/good" --nats "$nats" --preset fast --out f.sdad > /dev/null &
fitting=$!
sleep 2.5
kill -9 "${pids[1]}" "${pids[2]}"
wait "${pids[1]}" "${pids[2]}" 2> /dev/null || true
wait "$fitting"
echo "fit with 4 workers, 2 of them killed: $(same m.sdad f.sdad)"
stop

for i in 1 2; do worker $i; done
sleep 3
for ((r = 0; r < rounds; r++)); do
    seconds semidefect score m.sdad few --threads 2 --out s.csv >> alone2; echo >> alone2
    seconds semidefect fleet score --nats "$nats" --model m few --out t.csv >> fleet2; echo >> fleet2
done
stop
worker 1
sleep 3
for ((r = 0; r < rounds; r++)); do
    seconds semidefect score m.sdad few --threads 1 --out s.csv >> alone1; echo >> alone1
    seconds semidefect fleet score --nats "$nats" --model m few --out t.csv >> fleet1; echo >> fleet1
done
echo "$timed images, medians of $rounds alternating rounds:"
a2=$(median < alone2) f2=$(median < fleet2) a1=$(median < alone1) f1=$(median < fleet1)
echo "2 threads: score $a2 s, 2 workers of one thread $f2 s, throughput $(awk "BEGIN { printf \"%.2f\", $a2 / $f2 }")"
echo "1 thread: score $a1 s, 1 worker $f1 s, per image $(awk "BEGIN { printf \"%+.1f\", ($f1 / $a1 - 1) * 100 }") %"
