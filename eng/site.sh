#!/usr/bin/env bash
# Builds the site of the guides and the API with docfx into site/; a warning, such as a link to nowhere, is an error.
#
#   eng/site.sh [--no-build]
#
# --no-build takes what "dotnet build -c Release" has built.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore > /dev/null
case ${*:-} in
    '') dotnet build -c Release src/SemiDefect.Anomaly.Cli -v quiet ;;
    --no-build) ;;
    *) echo "site.sh: unknown option '$*'; see the head of the file." >&2; exit 2 ;;
esac
rm -rf site api
dotnet docfx docfx.json --warningsAsErrors
echo '<!DOCTYPE html><meta http-equiv="refresh" content="0; url=README.html"><title>SemiDefect.Anomaly</title>' > site/index.html
echo "The site is in site/index.html."
