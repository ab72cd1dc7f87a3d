#!/bin/sh
# Makes .venv hold exactly what a lock file says, and the project itself, editable. Does nothing where it already does.
#   scripts/setup.sh run    what the product needs (requirements.lock)
#   scripts/setup.sh dev    that and what developing needs (requirements-dev.lock)
set -eu

cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/.installed
case "${1:-}" in
run) lock=requirements.lock ;;
dev) lock=requirements-dev.lock ;;
*) echo "usage: scripts/setup.sh run|dev" >&2; exit 2 ;;
esac

# changed sources of the web pages need no new installation, only to be built
build_web() { "$venv/bin/python" scripts/build_web.py || true; }

state=$(cat requirements.lock requirements-dev.lock pyproject.toml | cksum | tr ' ' '-')
# a virtual environment does not survive being moved, nor the removal of the Python that made it
place=$(pwd)
have=$(cat "$stamp" 2>/dev/null || true)
if "$venv/bin/python" -c '' 2>/dev/null && [ "$(cat "$venv/.place" 2>/dev/null)" = "$place" ]; then
    case "$have" in "$1 $state" | "dev $state") build_web; exit 0 ;; esac
else
    python=$(scripts/find_python.sh)
    echo "Creating $venv with $("$python" --version) ..."
    "$python" -m venv --clear "$venv"
    echo "$place" >"$venv/.place"
fi

echo "Installing from $lock (a minute or two the first time) ..."
rm -f "$stamp"
pip="$venv/bin/python -m pip --disable-pip-version-check"
$pip install --quiet --require-hashes --only-binary=:all: -r "$lock" || {
    echo "Installing failed. Is the Python package index reachable from here? Nothing was lost: try again." >&2
    exit 1
}
$pip install --quiet --no-deps --no-build-isolation --editable .
build_web
echo "$1 $state" >"$stamp"
