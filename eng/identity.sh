#!/usr/bin/env bash
# Checks that the results do not depend on the machine: runs the same commands with the Linux program and the Windows
# program (under Wine), and with the Linux program in many environments, and compares all output files byte for byte.
#
#   eng/identity.sh [--good FOLDER --new FOLDER] [--labeled FOLDER] [--backbone FILE.onnx] [--table FILE] [--no-surroundings]
#
# Without folders, it uses a part of datasets.sample. --table also writes the comparison to a file, with complete hashes.
# Requires the .NET 10 SDK, and Wine (Debian's wine64) for Windows; without Wine, that part is reported as skipped.
# Ends with "identity: N passed, N failed, N skipped" and with exit code 1 if anything differs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
good= new= labeled= network= table_file= surroundings=yes
# There are many environments, so they use only half of the sample set.
small="--resize 128"
while [ $# -gt 0 ]; do
    case $1 in
        --good) good=$(realpath "$2"); small=; shift 2 ;;
        --new) new=$(realpath "$2"); shift 2 ;;
        --labeled) labeled=$(realpath "$2"); shift 2 ;;
        --backbone) network=$(realpath "$2"); shift 2 ;;
        --table) table_file=$(realpath -m "$2"); shift 2 ;;
        --no-surroundings) surroundings=; shift ;;
        *) echo "identity.sh: unknown option '$1'; see the head of the file." >&2; exit 2 ;;
    esac
done
if [ -n "$good$new" ] && { [ -z "$good" ] || [ -z "$new" ]; }; then
    echo "identity.sh: --good and --new go together." >&2
    exit 2
fi

work=$(mktemp -d)
work=$(realpath "$work")
export WINEPREFIX=$work/wine WINEDEBUG=-all
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Wine 8 cannot free generated code in memory that is mapped twice, which terminates the .NET runtime.
export DOTNET_EnableWriteXorExecute=0
wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2>/dev/null || true)
finish() {
    if [ -n "$wine" ] && [ -d "$WINEPREFIX" ]; then "$(dirname "$wine")/wineserver" -k 2>/dev/null || wineserver -k 2>/dev/null || true; fi
    rm -rf "$work" || true
}
trap finish EXIT
table=${table_file:-$work/table.txt}
: > "$table"
passed=0 failed=0 skipped=0

skip() {
    skipped=$((skipped + 1))
    printf 'SKIPPED    %s: %s\n' "$1" "$2"
}

# row COMMAND FILE HASH HASH: reports one comparison.
row() {
    local verdict=same
    if [ "$3" = "$4" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); verdict=DIFFERENT; fi
    printf '%-24s %-36s %.16s  %.16s  %s\n' "$1" "$2" "$3" "$4" "$verdict"
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$verdict" >> "$table"
}

# compare TABLE TABLE: compares two tables of identity-run.sh, with a row for each file in either of them.
compare() {
    while IFS=$'\t' read -r command file first second; do
        row "$command" "${file#out/}" "$first" "$second"
    done < <(awk -F'\t' -v OFS='\t' '
        NR == FNR { first[$1 OFS $2] = $3; order[++count] = $1 OFS $2; next }
        { second[$1 OFS $2] = $3; if (!(($1 OFS $2) in first)) order[++count] = $1 OFS $2 }
        END { for (i = 1; i <= count; i++) { key = order[i]; print key, (key in first) ? first[key] : "missing", (key in second) ? second[key] : "missing" } }
    ' "$1" "$2")
}

# The hash of the model in a table, and a common hash of all other files.
model_of() { awk -F'\t' '$2 == "out/model.sdad" { print $3 }' "$1"; }
results_of() { awk -F'\t' '$2 != "out/model.sdad" { print $2, $3 }' "$1" | sha256sum | cut -d' ' -f1; }

# Retry twice: the runtime packages come from the network.
publish() {
    local try
    for try in 1 2 3; do
        if dotnet publish "$root/src/SemiDefect.Anomaly.Cli" -c Release -r "$1" --self-contained -o "$work/$1" -v quiet --nologo > "$work/publish.log" 2>&1; then
            return
        fi
        sleep 5
    done
    cat "$work/publish.log" >&2
    exit 1
}

prepare() {
    if [ -n "$good" ]; then
        mkdir -p "$1"
        cp -r "$good" "$1/good"
        cp -r "$new" "$1/new"
        if [ -n "$labeled" ]; then cp -r "$labeled" "$1/labeled"; fi
    else
        bash "$here/identity-sample.sh" "$1"
    fi
    if [ -n "$network" ]; then cp "$network" "$1/network.onnx"; fi
}

echo "Publishing for Linux${wine:+ and Windows} ..."
publish linux-x64
linux=$work/linux-x64/semidefect
prepare "$work/reference"
bash "$here/identity-run.sh" "$work/reference" "$linux" > "$work/linux.table"

if [ -z "$wine" ]; then
    skip windows "Wine is not here (Debian: apt-get install wine64 wine)."
else
    publish win-x64
    prepare "$work/windows"
    bash "$here/identity-run.sh" "$work/windows" "$wine" "$work/win-x64/semidefect.exe" > "$work/windows.table"
    printf '\n%-24s %-36s %-16s  %-16s  result\n' command file "Linux SHA-256" "Windows SHA-256"
    compare "$work/linux.table" "$work/windows.table"
fi

# same NAME TABLE: an environment must give the same results as the reference.
same() {
    row "$1" model "$(model_of "$work/fit-and-score.table")" "$(model_of "$2")"
    row "$1" results "$(results_of "$work/fit-and-score.table")" "$(results_of "$2")"
}

# vary NAME [VARIABLE=VALUE...]: fits and scores again in $folder with $program and these variables.
vary() {
    local name=$1
    shift
    env FIT_OPTIONS="$small" "$@" ONLY_FIT_AND_SCORE=1 bash "$here/identity-run.sh" "$folder" "${program[@]}" > "$work/vary.table"
    same "$name" "$work/vary.table"
}

printf '\n%-24s %-36s %-16s  %-16s  result\n' surrounding output "plain SHA-256" "there SHA-256"
program=("$linux")
windows=("$wine" "$work/win-x64/semidefect.exe")
folder=$work/reference
ONLY_FIT_AND_SCORE=1 FIT_OPTIONS=$small bash "$here/identity-run.sh" "$folder" "${program[@]}" > "$work/fit-and-score.table"

# ONNX Runtime selects its kernels by the features of the processor. A patched copy, which is told that all register sets
# except AVX-512 are enabled (xgetbv; mov eax, eax -> mov eax, 7), computes like an AVX2 processor.
if grep -q avx512f /proc/cpuinfo; then
    cp -rl "$work/linux-x64" "$work/avx2"
    rm "$work/avx2/libonnxruntime.so"
    LC_ALL=C sed 's/\x31\xc9\x0f\x01\xd0\x89\xc0/\x31\xc9\xb8\x07\x00\x00\x00/g' "$work/linux-x64/libonnxruntime.so" > "$work/avx2/libonnxruntime.so"
fi
if [ ! -d "$work/avx2" ]; then
    skip "AVX2 network" "this processor has no AVX-512 to compare with."
elif cmp -s "$work/linux-x64/libonnxruntime.so" "$work/avx2/libonnxruntime.so"; then
    skip "AVX2 network" "this ONNX Runtime asks the processor in another way."
else
    program=("$work/avx2/semidefect")
    vary "AVX2 network" DOTNET_EnableAVX512=0
    program=("$linux")

    # eight PROGRAM: features of an 8-bit network, for which AVX2 lacks an instruction (VNNI).
    eight() {
        "$1" backbone quantize compact "$folder/good" --out "$work/eight.onnx" --images 4 > /dev/null
        "$1" features "$folder/new" --backbone "$work/eight.onnx" --out "$work/eight.npy" $small > /dev/null
        sha256sum < "$work/eight.npy" | cut -d' ' -f1
    }
    row "AVX2, 8-bit network" features "$(eight "$linux")" "$(DOTNET_EnableAVX512=0 eight "$work/avx2/semidefect")"
fi

# fleet: a Linux and a Windows worker, connected by NATS, give what one process gives.
fleet() {
    local nats=nats://127.0.0.1:4391 options=(${network:+--backbone "$network"} $small) workers=() file
    "$nats_server" -js -sd "$work/fleet/nats" -a 127.0.0.1 -p 4391 > "$work/fleet/nats.log" 2>&1 &
    workers+=($!)
    sleep 2
    "$linux" fit "$folder/good" --out "$work/fleet/model.sdad" "${options[@]}" > /dev/null
    "$linux" score "$work/fleet/model.sdad" "$folder/new" --out "$work/fleet/results.csv" > /dev/null
    "$linux" fleet publish "$work/fleet/model.sdad" --nats $nats > /dev/null
    "$linux" fleet worker --nats $nats --name linux --cache "$work/fleet/linux" > "$work/fleet/linux.log" 2>&1 &
    workers+=($!)
    "${windows[@]}" fleet worker --nats $nats --name windows --cache "$work/fleet/windows" > "$work/fleet/windows.log" 2>&1 &
    workers+=($!)
    for file in linux windows; do
        timeout 60 bash -c "until grep -q 'takes work' '$work/fleet/$file.log'; do sleep 0.2; done"
    done
    timeout 300 "$linux" fleet score "$folder/new" --model model --nats $nats --out "$work/fleet/there.csv" > /dev/null
    timeout 300 "$linux" fleet fit "$folder/good" --nats $nats --out "$work/fleet/there.sdad" "${options[@]}" > /dev/null
    kill "${workers[@]}" 2> /dev/null || true
}
nats_server=$(command -v nats-server || ls /usr/sbin/nats-server 2>/dev/null || true)
if [ -z "$wine" ] || [ -z "$nats_server" ]; then
    skip "fleet, both systems" "Wine or nats-server is not here."
else
    mkdir "$work/fleet"
    fleet || echo "The fleet failed: $(tail -n 3 "$work"/fleet/*.log)" >&2
    for file in results.csv:there.csv model.sdad:there.sdad; do
        row "fleet, both systems" "${file%:*}" "$(sha256sum < "$work/fleet/${file%:*}" | cut -d' ' -f1)" \
            "$(cat "$work/fleet/${file#*:}" 2> /dev/null | sha256sum | cut -d' ' -f1)"
    done
fi

# What a run may differ in without differing in its results, as variables for identity-run.sh and its program.
declare -A setting=(
    [tr-TR]="LC_ALL= LANG=tr_TR.UTF-8"
    [fa-IR]="LC_ALL= LANG=fa_IR.UTF-8"
    [de-DE]="LC_ALL= LANG=de_DE.UTF-8"
    [ar-SA]="LC_ALL= LANG=ar_SA.UTF-8"
    [th-TH]="LC_ALL= LANG=th_TH.UTF-8"
    [Seoul]=TZ=Asia/Seoul
    [St_Johns]=TZ=America/St_Johns
    [Kiritimati]=TZ=Pacific/Kiritimati
    [threads-1]=RUN_THREADS=1
    [threads-2]=RUN_THREADS=2
    [threads-7]=RUN_THREADS=7
    [batch-3]=RUN_BATCH=3
    [no-AVX512]=DOTNET_EnableAVX512=0
    [no-AVX2]=DOTNET_EnableAVX2=0
    [no-AVX]=DOTNET_EnableAVX=0
    [no-HWIntrinsic]=DOTNET_EnableHWIntrinsic=0
    [no-TieredCompilation]=DOTNET_TieredCompilation=0
    [no-TieredPGO]=DOTNET_TieredPGO=0
    [no-ReadyToRun]=DOTNET_ReadyToRun=0
    [server-gc]=DOTNET_gcServer=1
)

# together LABEL SETTING...: one run with several settings. If it differs, each of them runs alone, to find the one.
together() {
    local label=$1 before=$failed name
    shift
    # The variables have no spaces in them.
    vary "$*${label:+, $label}" $(for name; do echo "${setting[$name]}"; done)
    if [ "$failed" != "$before" ]; then
        for name; do vary "only $name${label:+, $label}" ${setting[$name]}; done
    fi
}

if [ -n "$surroundings" ]; then
    # The published program has no cultures; this one has, which must make no difference.
    cp -rl "$work/linux-x64" "$work/cultured"
    rm "$work/cultured/semidefect.runtimeconfig.json"
    sed 's/"System.Globalization.Invariant": true/"System.Globalization.Invariant": false/' "$work/linux-x64/semidefect.runtimeconfig.json" > "$work/cultured/semidefect.runtimeconfig.json"
    cultures=(tr-TR fa-IR de-DE ar-SA th-TH)
    if [ -n "$(ldconfig -p 2>/dev/null | grep libicuuc)" ]; then
        program=("$work/cultured/semidefect")
    else
        for culture in "${cultures[@]}"; do skip "$culture" "the ICU library is not here."; done
        cultures=()
    fi

    # Each setting is in one of these runs. Those that turn vectors off are apart from each other, because the widest one
    # turns off the narrower ones.
    together "" ${cultures[0]:-} Seoul threads-1 no-AVX512
    together "" ${cultures[1]:-} St_Johns threads-2 no-AVX2 no-TieredPGO
    together "" ${cultures[2]:-} Kiritimati threads-7 no-AVX no-ReadyToRun
    together "" ${cultures[3]:-} batch-3 no-TieredCompilation
    together "" ${cultures[4]:-} server-gc no-HWIntrinsic
    program=("$linux")

    # The same files, created in the opposite order, with other times, in a folder with spaces and Korean letters.
    shuffled="$work/한국어 웨이퍼"
    mkdir -p "$shuffled"
    (cd "$work/reference" && find good new -type f | LC_ALL=C sort -r | while read -r file; do
        mkdir -p "$shuffled/$(dirname "$file")"
        cp "$file" "$shuffled/$file"
        touch -d 2001-02-03 "$shuffled/$file"
    done)
    if [ -n "$network" ]; then cp "$network" "$shuffled/network.onnx"; fi
    folder=$shuffled
    vary "order, 한국어 웨이퍼"
    if [ -n "$wine" ]; then
        program=("${windows[@]}")
        together "한국어 웨이퍼, Windows" threads-7 no-HWIntrinsic
        program=("$linux")
    fi

    # Windows cannot start a program in such a folder, but the program can read and write there.
    long=$(printf 'deep-%.0s' {1..40})
    long=$long/$long
    label="$((${#work} + 1 + ${#long})) characters"
    mkdir -p "$work/$long"
    cp -r "$shuffled/." "$work/$long"
    folder=$work/$long
    vary "$label"
    if [ -n "$wine" ]; then
        (cd "$work" && "${windows[@]}" fit "$long/good" --out "$long/windows.sdad" ${network:+--backbone "$network"} $small > "$work/long.txt" 2>&1)
        row "$label, Windows" model "$(model_of "$work/fit-and-score.table")" "$(sha256sum < "$folder/windows.sdad" | cut -d' ' -f1)"
    fi
    folder=$work/reference

    # From another working directory, with absolute paths: the model contains no folder.
    (cd / && "$linux" fit "$work/reference/good" --out "$work/elsewhere.sdad" ${network:+--backbone "$network"} $small > "$work/elsewhere.txt")
    row cwd model "$(model_of "$work/fit-and-score.table")" "$(sha256sum < "$work/elsewhere.sdad" | cut -d' ' -f1)"

    # Names that differ only in case, and a list with Windows line endings; each with its own reference.
    for order in "a.png A.png b.PNG B.png" "B.png b.PNG A.png a.png"; do
        rm -rf "$work/case"
        mkdir -p "$work/case/good"
        for name in $order; do
            # Each name has its own image, whichever comes first.
            number=$(($(printf %d "'$name") % 5 + 1))
            cp "$(find "$work/reference/good" -type f | LC_ALL=C sort | sed -n "${number}p")" "$work/case/good/$name"
        done
        (cd "$work/case" && "$linux" fit good --out "$work/case-${order:0:1}.sdad" $small > /dev/null)
    done
    row case model "$(sha256sum < "$work/case-a.sdad" | cut -d' ' -f1)" "$(sha256sum < "$work/case-B.sdad" | cut -d' ' -f1)"
    printf 'path,label\n' > "$work/reference/list.csv"
    (cd "$work/reference" && find new -type f | LC_ALL=C sort | while read -r file; do
        case $file in *good*) echo "$file,good" ;; *) echo "$file,bad" ;; esac
    done) >> "$work/reference/list.csv"
    for ends in lf crlf; do
        if [ $ends = crlf ]; then sed -i 's/$/\r/' "$work/reference/list.csv"; fi
        (cd "$work/reference" && "$linux" evaluate list.csv --model out/model.sdad --out "$work/$ends" --resamples 100 > "$work/$ends.txt")
        sed -i '/"timing": {/,/}/d' "$work/$ends/evaluation.json"
    done
    for file in evaluation.json results.csv; do
        row crlf "$file" "$(sha256sum < "$work/lf/$file" | cut -d' ' -f1)" "$(sha256sum < "$work/crlf/$file" | cut -d' ' -f1)"
    done
fi

printf '\nidentity: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
