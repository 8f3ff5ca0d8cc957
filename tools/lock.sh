#!/usr/bin/env bash
# Pins requirements.in and requirements-dev.in, with the hashes of every file that a package may arrive as.
# pip-tools lives in an environment of its own: it pins setuptools and wheel, which the system has no use for.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv-lock/bin/pip-compile ] || {
  "${PYTHON:-python3}" -m venv .venv-lock
  .venv-lock/bin/pip install -qq pip-tools==7.6.2
}
export CUSTOM_COMPILE_COMMAND="make lock"
for name in requirements requirements-dev; do
  .venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
    --output-file "$name.txt" "$name.in" "$@"
done
