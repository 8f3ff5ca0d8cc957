#!/usr/bin/env bash
# Fetches again what app/static/vendor/vendor.lock names, with npm, and checks every file.
# Nothing of it is needed to run the system: the files are in the repository.
set -euo pipefail
here="$(cd "$(dirname "$0")/../app/static/vendor" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

while read -r package version _licence inside name sha256; do
  [[ -z "$package" || "$package" == \#* ]] && continue
  folder="$work/$package-$version"
  if [[ ! -d "$folder" ]]; then
    mkdir -p "$folder"
    archive="$(cd "$work" && npm pack --silent "$package@$version")"
    tar -xzf "$work/$archive" -C "$folder"
  fi
  echo "$sha256  $folder/package/$inside" | sha256sum --check --quiet
  cp "$folder/package/$inside" "$here/$name"
  echo "$name: $package $version"
done < "$here/vendor.lock"
