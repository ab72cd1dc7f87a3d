"""Writes docs/licences.md: under which licence each locked dependency comes; `--check` only compares.

A licence that is not known to go together with the EUPL-1.2 fails, so that somebody looks at it before it is used.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LLVM-exception", "MIT", "MIT-0"}
    | {"MIT-CMU", "PSF-2.0", "Python-2.0", "ZPL-2.1", "Zlib"}
)
"""Ask for no more than that their notices are kept."""
PER_FILE = frozenset({"MPL-2.0"})
"""Ask that changed files of theirs stay under them; the appendix of the EUPL names them as compatible."""
SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "MIT, BSD": "MIT AND BSD",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ZPL 2.1": "ZPL-2.1",
}
"""How older packages call them; some say BSD and not which."""
OPERATORS = frozenset({"AND", "OR", "WITH"})

HEAD = """# Licences of what the program is made of

The project is under the [EUPL-1.2](../LICENSE). It runs on these libraries, with the versions and hashes of
`requirements.lock`; none is part of this repository. All may be used, also commercially, and passed on beside a
program under the EUPL: nearly all ask only that their notices are kept; {per_file} (MPL-2.0, named as compatible in
the EUPL's appendix) also that changed files of theirs stay under their licence. `python -m scripts.licences` writes
this page from what the packages say of themselves; a test compares it and refuses a licence that nobody has looked
at.

What is shipped to browsers is listed on the page about licences of the running service, beside the data and their
publishers.

Wheels carry compiled libraries of others with their notices. Most are permissive; some are not, and are used as the
separate files they are: GEOS (LGPL-2.1) in shapely's, and in scipy's and scikit-learn's the runtime of GCC (GPL-3.0
with the exception that lets any program use it, and LGPL-2.1). Whoever passes on an image with them passes on their
notices, too, and says where their source is.

| library | licence |
| --- | --- |
"""


def main(arguments: list[str]) -> int:
    """Write or compare the page; 1 where something has to be looked at."""
    found = {name: licence(name) for name in locked()}
    here = {name: each for name, each in found.items() if each is not None}
    odd = {name: each for name, each in here.items() if not accepted(each)}
    for name, each in odd.items():
        print(f"{name}: {each} has not been looked at: does it go together with the EUPL-1.2?", file=sys.stderr)
    known = dict(re.findall(r"^\| (\S+) \| (.+) \|$", PAGE.read_text("utf-8") if PAGE.exists() else "", re.MULTILINE))
    # what another Python or system needs is not installed here: what the page says of it stays
    rows = {name: here.get(name) or known.get(name) or "" for name in found}
    text = page({name: each for name, each in rows.items() if each})
    if "--check" not in arguments:
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        print("docs/licences.md is not what is installed: run python -m scripts.licences", file=sys.stderr)
        return 1
    return int(bool(odd))


def locked() -> list[str]:
    """The names in requirements.lock, once each."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return sorted({line.partition("==")[0] for line in lines if re.match(r"[a-z0-9]", line)})


def licence(name: str) -> str | None:
    """What an installed package says of its licence, as an SPDX expression; None where it is not installed."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if c.startswith("License ::")]
    (field,) = told.get_all("License") or ("",)
    # a field of one line is more exact than "BSD License"; longer ones are the whole text
    short = field if 0 < len(field) < 30 and "\n" not in field else ""
    (expression,) = told.get_all("License-Expression") or ("",)
    said = expression or short or " AND ".join(SPDX.get(c, c) for c in classifiers)
    return SPDX.get(said, said) or "not said"


def accepted(expression: str) -> bool:
    """Whether each licence of an expression was looked at."""
    words = re.findall(r"[\w.-]+", expression)
    return bool(words) and set(words) - OPERATORS <= PERMISSIVE | PER_FILE


def page(rows: dict[str, str]) -> str:
    """The page as it should be."""
    per_file = ", ".join(name for name, each in rows.items() if PER_FILE & set(re.findall(r"[\w.-]+", each)))
    return HEAD.format(per_file=per_file) + "".join(f"| {name} | {each} |\n" for name, each in rows.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
