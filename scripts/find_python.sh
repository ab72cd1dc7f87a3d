#!/bin/sh
# Prints the newest Python >= 3.11 that can make virtual environments, or says on stderr what to install and fails.
# PYTHON=/path/to/python decides instead.
set -eu

usable='import sys; sys.exit(sys.version_info < (3, 11))'
complete='import ensurepip, venv'
found=''
old=''

for candidate in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
    # a name may be there without working (version managers leave such names): only running it tells
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$candidate" -c "$usable" 2>/dev/null; then
        old="$candidate is Python $version"
    elif ! "$candidate" -c "$complete" 2>/dev/null; then
        found=${found:-$version}
    else
        command -v "$candidate"
        exit 0
    fi
done

if [ -n "$found" ]; then
    echo "Python $found is here, but its part for virtual environments is missing (Debian and Ubuntu package it apart)." >&2
    echo "Install it, then try again:  sudo apt install python3-venv   (or python$found-venv)" >&2
elif [ -n "$old" ]; then
    echo "Python 3.11 or newer is needed; $old." >&2
    echo "Debian 12, Ubuntu 24.04 and newer have it:  sudo apt install python3 python3-venv" >&2
    echo "Ubuntu 22.04:  sudo apt install python3.11 python3.11-venv" >&2
else
    echo "Python 3.11 or newer is needed; none was found${PYTHON:+ at $PYTHON}." >&2
    echo "Debian and Ubuntu:  sudo apt install python3 python3-venv" >&2
fi
exit 1
