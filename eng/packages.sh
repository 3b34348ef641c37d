#!/usr/bin/env bash
# Uses the packages as a stranger would: packs them into an empty folder, and from there builds and runs the example of
# README.md, the tool and the template, in an empty folder each, and compares their results.
#
#   eng/packages.sh [--no-build] [--demo]
#
# --no-build packs what "dotnet build -c Release" has built; --demo also runs the demo (a minute). Requires the .NET 10
# SDK; other packages come from where the machine gets its packages.
# Ends with "packages: N passed, N failed, N skipped" and exit code 1 if anything failed.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
demo= pack=()
for option; do
    case $option in
        --no-build) pack=(--no-build) ;;
        --demo) demo=yes ;;
        *) echo "packages.sh: unknown option '$option'; see the head of the file." >&2; exit 2 ;;
    esac
done

work=$(mktemp -d)
station=
finish() {
    [ -z "$station" ] || kill "$station" 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
passed=0 failed=0 skipped=0

# check NAME COMMAND...: runs a command and reports it; the output of one that fails is shown.
check() {
    local name=$1 start=$SECONDS
    shift
    if "$@" > "$work/log.txt" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %3d s  %s\n' $((SECONDS - start)) "$name"
    else
        failed=$((failed + 1))
        printf 'FAILED  %3d s  %s\n' $((SECONDS - start)) "$name"
        tail -n 20 "$work/log.txt"
    fi
}

# Our packages never come from a cache of an earlier run: they are unpacked into an empty folder. The other packages may
# come from the machine's folder.
shared=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')
shared=${shared%/}
export NUGET_PACKAGES=$work/cache
if ! compgen -G "$shared/semidefect.anomaly*" > /dev/null; then export NUGET_FALLBACK_PACKAGES=$shared; fi
feed=$work/feed
mkdir "$feed"
(
    unset NUGET_PACKAGES NUGET_FALLBACK_PACKAGES
    dotnet pack "$root/eng/packages.slnf" -c Release -o "$feed" -v quiet "${pack[@]}"
) > "$work/pack.txt" 2>&1 || { cat "$work/pack.txt"; exit 1; }
version=$(basename "$feed"/SemiDefect.Anomaly.Tool.*.nupkg .nupkg)
version=${version#SemiDefect.Anomaly.Tool.}
echo "SemiDefect.Anomaly $version, packed in $SECONDS s"
cat > "$work/nuget.config" << 'END'
<configuration>
  <packageSources>
    <add key="feed" value="feed" />
  </packageSources>
</configuration>
END

# Ten good images and three new ones.
images=$work/images
sample=$root/datasets.sample/radio-die
mkdir -p "$images/good" "$images/new"
cp "$sample"/train/good/00?.png "$images/good"
for kind in good scratch thick_line; do cp "$sample/test/$kind/000.png" "$images/new/$kind.png"; done

complete() {
    local name
    for name in '' .Backbones .Evaluation .Fleet .Gpu .Imaging .Primitives .Search .Server .Weights .Tool .Templates; do
        local package=$feed/SemiDefect.Anomaly$name.$version.nupkg content
        content=$(unzip -Z1 "$package")
        grep -qx README.md <<< "$content" && grep -qx icon.png <<< "$content" || { echo "$package: README.md or icon.png"; return 1; }
        case $name in
            .Templates) ;;
            .Tool) [ -s "${package%.nupkg}.snupkg" ] ;;
            *)
                grep -qx "lib/net10.0/SemiDefect.Anomaly$name.xml" <<< "$content" && [ -s "${package%.nupkg}.snupkg" ] ||
                    { echo "$package: documentation or symbols"; return 1; }
                ;;
        esac
    done
}
if command -v unzip > /dev/null; then
    check "packages have a README, an icon, documentation and symbols" complete
else
    skipped=$((skipped + 1))
    echo "SKIPPED        packages have a README, an icon, documentation and symbols: unzip is not here"
fi

# The tool.
tool=$work/tools/semidefect
check "the tool is installed" \
    dotnet tool install SemiDefect.Anomaly.Tool --version "$version" --add-source "$feed" --tool-path "$work/tools"
cd "$work"
check "the tool fits" "$tool" fit images/good --out tool.sdad --planted 0
check "the tool scores" "$tool" score tool.sdad images/new --out tool.csv
check "the tool shows a detector" "$tool" info tool.sdad
[ -z "$demo" ] || check "the tool runs the demo" "$tool" demo
check "the tool finds its machine in order" "$tool" doctor

# The example: the first program after "dotnet add package" in a README.
example() { awk '/dotnet add package/ { after = 1 } after && /^```csharp/ { inside = 1; next } inside && /^```/ { exit } inside' "$1"; }
example "$root/README.md" > example.cs
example "$root/src/SemiDefect.Anomaly/README.md" > package-example.cs
short() { [ -s example.cs ] && [ "$(wc -l < example.cs)" -lt 15 ] && diff example.cs package-example.cs; }
check "the example is the same in both READMEs and has under 15 lines" short

# program FOLDER PACKAGE...: an empty console program with the example and the packages.
program() {
    mkdir "$1"
    cp example.cs "$1/Program.cs"
    cat > "$1/example.csproj" << 'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
END
    printf '    <PackageReference Include="%s" Version="%s" />\n' "${@:2}" >> "$1/example.csproj"
    printf '  </ItemGroup>\n</Project>\n' >> "$1/example.csproj"
    dotnet build "$1" -c Release -o "$1/out" -v quiet
}
runtime=$(sed -n 's/.*"Microsoft.ML.OnnxRuntime" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")
check "the example builds" program example SemiDefect.Anomaly "$version" Microsoft.ML.OnnxRuntime "$runtime"
run() { dotnet example/out/example.dll > example.csv; }
check "the example runs" run
same() {
    # path,score,...,decision of the tool, and name,score,decision of the example.
    diff <(tail -n +2 tool.csv | cut -d, -f1,2,5 | sed 's|^.*/||') <(sed 's|^.*/||' example.csv) && [ "$(wc -l < example.csv)" = 3 ]
}
check "the example scores as the tool does, bit for bit" same
check "the example writes the detector that the tool writes, byte for byte" cmp line.sdad tool.sdad

check "the example builds without a native library" program without SemiDefect.Anomaly "$version"
missing() { ! dotnet without/out/example.dll > missing.txt 2>&1 && grep 'reference Microsoft.ML.OnnxRuntime or' missing.txt; }
check "the example without a native library says which packages to reference" missing

# The template.
new() {
    dotnet new install "$feed/SemiDefect.Anomaly.Templates.$version.nupkg" --debug:custom-hive "$work/hive" &&
        dotnet new semidefect-line -o Station --debug:custom-hive "$work/hive" &&
        dotnet build Station -c Release -o Station/out -v quiet -p:TreatWarningsAsErrors=true
}
check "the template makes a program that builds" new
refused() { ! (cd Station && dotnet out/Station.dll > ../refused.txt 2>&1) && [ "$(wc -l < refused.txt)" = 1 ] && grep line.sdad refused.txt; }
check "the program of the template says that there is no detector" refused
answer() {
    (cd Station && exec dotnet out/Station.dll --Station:Detector ../line.sdad --Urls http://127.0.0.1:0) > station.txt 2>&1 &
    station=$!
    local address= try
    for try in $(seq 100); do
        address=$(sed -n 's/.*Now listening on: *\(http[^ ]*\).*/\1/p' station.txt | head -n 1)
        [ -z "$address" ] || break
        sleep 0.2
    done
    [ -n "$address" ] || { cat station.txt; return 1; }
    local file name score decision
    for file in images/new/*.png; do
        IFS=, read -r name score decision < <(grep -F "$(basename "$file")," example.csv)
        curl -sS --fail-with-body --data-binary "@$file" "$address/inspect" > answer.json
        echo "$name $score $decision: $(cat answer.json)"
        grep -qF "{\"decision\":\"$decision\",\"score\":$score,"  answer.json || return 1
    done
    kill "$station" && wait "$station"
    station=
}
if command -v curl > /dev/null; then
    check "the program of the template answers as the tool does, bit for bit" answer
else
    skipped=$((skipped + 1))
    echo "SKIPPED        the program of the template answers as the tool does: curl is not here"
fi

printf '\npackages: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
