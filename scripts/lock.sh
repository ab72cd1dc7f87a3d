#!/bin/sh
# Resolves the dependencies of pyproject.toml anew into requirements.lock and requirements-dev.lock: for every platform and
# Python >= 3.11, with hashes, without addresses of an index. uv is installed into a throwaway virtual environment.
set -eu

cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(scripts/find_python.sh)" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv

# building the project (hatchling, editables, node) happens without isolation, so it is locked as well
printf 'hatchling>=1.27\neditables>=0.5\nnodejs-wheel-binaries>=22.12\n' >"$folder/build.in"

resolve() {
    target=$1
    shift
    # what is locked stays as it is where it still fits; UPGRADE=1 takes the newest of everything
    cp "$target" "$folder/$target"
    "$folder/venv/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header ${UPGRADE:+--upgrade} \
        --output-file "$folder/$target" pyproject.toml "$folder/build.in" "$@"
    { echo '# Made by `make lock` from pyproject.toml; not edited by hand.'; cat "$folder/$target"; } >"$target"
}

resolve requirements.lock
resolve requirements-dev.lock --group dev --constraint "$folder/requirements.lock"
